title = A failed call to an image service
lead = Made by imagine-bot for the service's support. It contains no key, no prompt, no person and no private address; “[removed]” stands where one was. Please quote the request ids below.
curl = The same call for a shell; put the key into IMAGE_API_KEY first:
how = Run `IMAGE_API_KEY=… python3 reproduce.py` on another machine and in another network. It needs only Python 3.8 and says whether the answer is the same.
private_host = a private address
not_stated = not stated (set ACCOUNT_PLAN)
not_known = not known
not_looked_at = not looked at
incident = When this bundle was made, { $page } reported an incident since { $since }: “{ $name }”.
no_incident = When this bundle was made, { $page } reported no incident.
no_answer_kept = The answer is no longer kept; status and ids are.
either = Name a request or use --last-failure, not both.
no_failure = No request has failed yet, so there's nothing to collect.
unknown = There's no request { $request } in this ledger. Use the ID that the member sees, or the image service's request id.
leak = Nothing was written: the check found something private that couldn't be removed ({ $what }). Please report this.
made = Everything about request { $request } is in this file. It contains no key, prompt, person or private address, so you can send it to the service's support as it is. Open evidence.html in it to read it first.
done = The evidence is in { $file } on the bot's machine. You also get the file here, or on the web chat's page /operators. It contains no key, prompt, person or private address: you can send it to the image service's support.
gone = The ledger no longer has a request that failed this way, so there's nothing to collect.
not_written = The evidence couldn't be written. Run `imagine-bot evidence --last-failure` on the bot's machine; it says why.
button = Collect evidence

## section

section-when = When
section-service = Service
section-failure = What happened
section-request = The request
section-response = The answer
section-ids = Request ids of the service
section-attempts = What was tried
section-status_page = The service's status page at that time
section-second_environment = A second environment
section-environment = Versions
