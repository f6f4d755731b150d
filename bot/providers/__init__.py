"""One exchange with one image API, and safe handling of what it sends back."""
