"""A Slack on 127.0.0.1: real HTTP and real WebSockets, with state, and with an alarm on all that Slack would refuse.

Files: `world` (the state that all share), built up from `state`, `looks`, `talk` and `modals`; `things` (what it
consists of), `passes` (what lets somebody do something), `delivery` (what is on its way to the app), `clock`, `faults`;
`server` (FakeSlack), `people` and `senses` (who plays it), `web` and `methods` (the Web API), `table` (what each method
takes, needs and may answer), `limits`, `blockcheck`, `storage` (the bytes of files); `sockets`, `http_mode`, `oauth`,
`page` stand on the same world.

A part with addresses of its own has `add_to(app: aiohttp.web.Application, world: World) -> None`, which puts routes
into the one application (`server.ROADS` lists them); it runs in the server's loop. `apps.connections.open` mints a
ticket into `world.tickets` and answers `ws://HOST:PORT/link/?ticket=...&app_id=...`; the socket takes it out again.
"""
