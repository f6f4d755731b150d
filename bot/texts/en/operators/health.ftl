port_in_use = Port { $port } on { $host } is in use by another program, so there can't be health checks. Set HEALTH_PORT to another port.
port_forbidden = This user isn't allowed to listen on port { $port }. Set HEALTH_PORT to a port above 1023, such as 9464.
host_unknown = This machine doesn't have the address { $host }. Set HEALTH_HOST to one that it has, such as 127.0.0.1.
