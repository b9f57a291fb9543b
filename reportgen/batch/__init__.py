"""Many datasets, one audit each: planned, journalled, isolated, indexed.

`plan` says what is to be audited, `journal` what has been, `workers` where it happens, `drive` when, `index` what came
of it. The parent process never imports what learns; `audit.audit_one` does, in a process of its own.
"""
