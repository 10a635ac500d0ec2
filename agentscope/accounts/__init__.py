"""How people get in: passwords, second factors, logins and where they are, invitations."""
