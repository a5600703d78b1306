"""The living demo city: real streets of central Helsinki, invented units, reports and days.

`prepare.prepare(home, progress)` makes the city, `simulate.simulate(...)` keeps it alive; the sign-ins stand in
`maplebridge.site.demo_accounts`. Nothing here runs in production: the command line alone imports it.
"""
