"""What each severity rule looks at, and how bad it finds it, for people."""

RULES: dict[str, str] = {
    "access": "who may do what changed: high",
    "access-tightened": "permissions went, or denials came: low",
    "administrator": "everything on everything is allowed: critical",
    "backups": "backups: high when they stop, low when they start",
    "cost": "the bill changes: by the money where it is priced, else medium where the code declares it and low where it does not",
    "declared": "the code declares it otherwise: medium",
    "egress": "what may be reached from it changed: medium",
    "encryption-key": "encryption with a key: high when it goes, low when it comes",
    "foreign-account": "an account that was not trusted before is: critical",
    "hidden": "who reaches it or what is allowed changed, and the values are secret, so the worst cannot be ruled out: high",
    "ingress": "who reaches it changed, not for the whole internet: medium",
    "ingress-tightened": "fewer can reach it: low",
    "metadata-tokens": "instance metadata without a session token: high when it is allowed, low when it is forbidden",
    "open-to-the-world": "the whole internet reaches it: critical on admin and database ports and for all traffic, medium on 80 and 443 "
    "alone, high on any other",
    "protection-switched": "encryption, logging or a protection like it: high when it goes off, low when it comes on",
    "public-access-block": "the block of public access: critical when it goes off, low when it comes on",
    "public-acl": "readable for everybody: critical when it becomes so, low when it ends",
    "public-principal": "everybody is allowed, without a condition: critical",
    "publicly-accessible": "reachable from the internet: critical when it becomes so, low when it ends",
    "required-tag": "a tag of [drift] required_tags was lost or changed: medium",
    "secret-changed": "a secret changed: as any other property, since its value says nothing here",
    "tag": "a tag changed: low",
    "tls": "the oldest TLS that is taken: high when it goes down, low when it goes up",
    "undeclared": "the code does not declare it, or the next apply leaves it: low",
    "versioning": "versioning: high when it stops, low when it starts",
}
"""By the rule of a difference that is no noise."""

STATUSES: dict[str, str] = {
    "deleted": "what is declared is gone: high, and critical where it was a block of public access",
    "noncompliant": "a rule is broken, by how much is not said: medium",
    "unmanaged": "it is there and nothing declares it: low",
    "drifted": "it differs, and the source does not show how: medium",
}
"""By status, where that decides."""

MONEY = "a change of 100 $ a month or more is high, of 10 $ or more medium, of less low, up or down"
