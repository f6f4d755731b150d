"""TLS servers whose certificate a company's own authority signed, and a forward proxy, all on loopback.

`authority.pem` is that authority; `server.pem` a key and certificate of its making for localhost, 127.0.0.1, pictures.example and
api.example. The authority's key was thrown away.
"""
