line = A tip, if you like: { $hint }
real_person = real people often come out wrong or get blocked; a made-up person works better.
lettering = image models misspell longer texts; ask for an empty area and add the words yourself.
tiny_text = small text comes out unreadable; leave it out and add it yourself.
logo = logos, QR codes and watermarks come out wrong; add the real ones afterwards.
screenshot = keep internal and customer data out of pictures; describe the scene instead.
styles = photo and drawing styles don't mix well; pick one.
