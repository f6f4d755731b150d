"""Evidence bundle: one zip file about a failed request that can be sent to the image service's support. It contains no key, prompt, person
or private address; `check` proves that before the file is written."""
