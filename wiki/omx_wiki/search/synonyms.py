"""Words that mean nearly the same in software work: what else a page may say for a word of a query.

Written from general knowledge of the trade. What stands before a colon also finds the words behind it, not
the reverse: `laptop` finds `workstation`, but `check` not everything that may be checked. Any form of a word
will do.
"""

from __future__ import annotations

from omx_wiki.search.analysis import terms

_ENTRIES = """
abort: cancel interrupt stop; accelerate: speed optimize faster; accept: approve acknowledge; access:
permission authorization role; account: user profile; add: append insert create; address: url uri
endpoint; admin: administrator operator root; alarm: alert notification page; allow: permit permission
authorize may grant policy rule; anonymous: guest unauthenticated; answer: reply response; api: endpoint
interface; app: application program; archive: backup snapshot; argument: parameter option flag; assert:
expectation check; async: asynchronous concurrent; attach: mount bind; attack: exploit vulnerability
threat; attempt: try retry; auth: authentication authorization login; authenticate: login credential
identity; author: owner maintainer; automatic: automated; background: daemon asynchronous worker; backup:
restore snapshot dump; bad: invalid corrupt broken; balance: distribute shard; ban: forbid prohibit block
deny; batch: bulk; begin: start launch init; behavior: behaviour; behaviour: behavior; big: large huge;
bill: invoice charge payment; binary: executable artifact; bisect: regression; block: deny reject forbid;
boot: startup bootstrap; bootstrap: setup initialize; bounce: undeliverable; bound: limit cap maximum;
branch: fork; break: fail crash; broken: failing corrupt defect; broker: queue kafka rabbitmq; browser:
chrome firefox safari frontend; bug: defect issue fault; build: compile package; bump: upgrade increment;
button: widget control; bypass: skip circumvent override; cache: memoize stale; call: invoke request;
cancel: abort undo revoke; capacity: quota limit; catch: handle rescue; cert: certificate tls; change:
modify edit update; channel: topic queue; charset: encoding unicode; chart: graph dashboard plot; chat:
slack message; cheap: inexpensive cost; check: verify validate; choose: select pick decide; ci: pipeline
build; cleanup: purge prune garbage; click: press tap; client: customer consumer; clock: time timezone
timestamp; clone: copy fork; close: shut terminate; cloud: aws azure gcp; cluster: node replica; code:
source; collision: conflict clash duplicate; color: colour; combine: merge join; command: cli terminal;
comment: annotation remark; commit: revision changeset; compare: diff; complete: finish done; compress:
gzip zip; computer: machine host workstation; concurrent: parallel race thread; config: configuration
setting preference; configure: setup setting; confirm: verify acknowledge; conflict: merge clash; connect:
link pair socket session; consistent: integrity; console: terminal shell; container: docker pod image;
convention: guideline standard style; convert: transform migrate translate; copy: duplicate replicate
clone; corrupt: damaged broken; cost: price expense; count: number total; coverage: tests; cpu: processor
core; crash: panic abort segfault exception; create: add generate make; credential: password secret token
key; cron: schedule periodic timer; currency: money; customer: client tenant; damage: corrupt; dashboard:
grafana monitor; data: dataset records; database: db postgres sql; date: day calendar; db: database;
deadline: timeout expiry; deadlock: lock contention; debug: diagnose troubleshoot trace; decide: decision
adr; decision: adr rationale; decrypt: encrypt cipher; default: fallback; delay: latency lag wait; delete:
remove purge erase drop wipe; deliver: send dispatch; delivery: shipment; deny: reject forbid; dependency:
package library requirement; deploy: release rollout ship; deployment: rollout release; deprecated:
obsolete sunset legacy; describe: document explain; design: architecture; destroy: delete tear; detect:
discover notice; dev: development; device: hardware gadget; dictionary: map hash; diff: compare
difference; directory: folder path; disable: off deactivate; disappear: vanish lost missing; disconnect:
offline drop; discount: coupon voucher; discover: find detect; disk: storage volume drive; display: show
render screen; dns: domain hostname; docs: documentation manual readme; document: describe; download:
fetch pull; driver: adapter; drop: lose discard; duplicate: twice repeated idempotent; edit: change
modify; editor: ide vscode; efficient: performance fast; email: mail smtp; embed: include inline; empty:
blank null missing; enable: activate; encode: serialize charset utf; encrypt: cipher tls; endpoint: route
url api; enforce: require mandatory; environment: env staging; erase: delete wipe remove purge; error:
failure exception fault; estimate: forecast; event: message; evict: expire; exception: error panic;
execute: run invoke; exit: quit terminate; expire: expiry ttl lifetime timeout; export: dump; expose:
publish; extend: extension plugin; extension: plugin addon; failover: standby replica; failure: outage
error incident; fake: mock stub; fast: quick performance; fault: error failure; feature: capability;
feedback: review comment; fetch: download retrieve get; field: column attribute property; file: document;
filter: query where; find: search lookup locate; finish: complete end; firewall: security network;
firmware: flash; fix: repair patch resolve; flag: toggle switch option; flaky: unstable intermittent
nondeterministic; folder: directory; follow: track; font: typeface glyph; forbidden: denied 403; format:
layout syntax; formatter: prettier style lint; forward: proxy redirect; freeze: hang stuck deadlock
unresponsive; frontend: ui client; function: method procedure; garbage: gc cleanup; gateway: proxy
ingress; generate: produce create; gone: missing deleted lost; graph: chart; group: team; grow: scale
increase; guide: tutorial handbook howto; hack: workaround; handbook: manual guide runbook; hang: freeze
stuck deadlock block; hash: digest checksum; header: heading; health: liveness readiness probe; hide: mask
conceal redact; history: log changelog; holiday: calendar; hook: callback webhook; host: server machine;
icon: image; id: identifier key; identical: same equal duplicate authentication; idle: inactive; image:
picture photo; import: load ingest; improve: optimize enhance; incident: outage postmortem; include:
import; increase: grow raise; index: lookup; info: information; ingest: import load; inherit: extend;
init: initialize setup; install: setup deploy; interrupt: signal abort; invalid: malformed wrong;
inventory: stock; invite: onboarding; invoice: bill receipt; issue: ticket bug problem; job: task worker;
join: merge; journal: log; jump: skip; k8s: kubernetes; key: secret token; kill: terminate stop;
kubernetes: k8s pod cluster helm; label: tag; lag: latency delay; language: locale translation; laptop:
local workstation machine; latency: slow delay response; launch: start release; layout: arrangement; leak:
exhaust; legacy: old deprecated; legal: compliance license gdpr; length: size; library: package dependency
module; license: licence copyright; lifetime: ttl expiry; limit: quota cap threshold maximum; lint: linter
style; list: enumerate; listen: subscribe; load: traffic; local: workstation development; lock: mutex
block; log: journal trace; login: signin authenticate session; logout: session revoke; lose: lost drop
missing; machine: host server computer; mail: email; maintain: maintenance; manual: handbook guide; mask:
redact hide; master: main primary; match: equal; maximum: limit cap; measure: metric benchmark; meeting:
agenda minutes; memory: ram heap oom; merge: combine join; message: notification event; metric:
measurement monitoring; microservice: service; migrate: move upgrade convert schema; minimum: least
threshold; mirror: replica copy; missing: absent lost; mistake: error wrong; mobile: phone android ios;
mock: fake stub; modify: change edit; module: package; money: payment amount currency; monitor: observe
watch alert metric; mount: attach; move: migrate relocate rename; multiple: several many; name: identifier
label; network: connection internet; nightly: cron schedule; node: server; notify: notification alert
announce; null: none nil empty; number: count; object: entity; observe: monitor; obsolete: deprecated
outdated; offline: disconnected; onboarding: setup; oom: memory killed; open: source; operating: runbook;
option: setting parameter flag; order: purchase sequence sort; outage: downtime incident failure;
outdated: stale old; output: print; overflow: exceed; override: overwrite precedence; overwrite: replace
clobber; owner: maintainer responsible; package: parcel shipment dependency library module; page: pager;
paginate: cursor; panic: crash abort; parallel: concurrent; parameter: argument option; parse: parser;
partition: shard split; password: credential secret passphrase; patch: fix; path: directory file; pause:
suspend hold; pay: payment purchase; payment: billing charge; performance: latency throughput slow speed;
periodic: cron schedule; permission: authorization role access privilege; permitted: allowed; persist:
store save; phase: stage; phone: mobile android ios; picture: image photo; pin: lock freeze; pipeline:
workflow ci; plan: roadmap; plugin: extension addon; pool: connection; port: socket; postgres: postgresql
database; postmortem: incident retrospective; precedence: priority order; preference: setting; preview:
staging; price: cost; primary: leader master; print: output display; priority: urgent importance; privacy:
gdpr personal; private: secret internal; privilege: permission role; probe: check; process: procedure
workflow; processor: cpu; prod: production live; production: live prod; profile: performance; prohibit:
forbid ban; project: repository; promote: release; proof: evidence; protect: secure guard; protocol:
standard; provider: vendor supplier; proxy: gateway; prune: cleanup purge; publish: release announce;
pull: fetch download; purge: delete clean; push: upload; quarantine: isolate; query: search lookup; queue:
backlog broker; quick: fast performance; quota: limit; quote: citation; race: concurrent; ram: memory;
random: nondeterministic; rate: throughput frequency; reach: connect; read: load; readme: documentation;
reason: rationale; reboot: restart; rebuild: recompile; receive: get; recompile: build; record: row entry;
recover: restore recovery; redact: mask scrub; redirect: forward; reduce: shrink decrease; redundant:
duplicate; refactor: rewrite; refresh: reload update renew; refund: chargeback; refuse: reject deny;
region: zone datacenter; register: signup; registry: repository; regression: bug; reject: refuse deny;
release: deploy ship publish version; reload: refresh restart; remote: ssh; remove: delete erase uninstall
purge; rename: move; render: display draw; renew: rotate refresh; repair: fix; repeat: retry again;
replace: substitute swap; replica: copy standby secondary; replicate: copy mirror; reply: response answer;
repo: repository; report: summary; repository: repo git; reproduce: repro; request: call; require:
mandatory; rerun: retry repeat; reset: clear; resolve: fix; resource: asset; responsible: owner; restart:
reboot reload; restore: recover rollback; restrict: limit; retention: purge keep; retire: deprecate
sunset; retrospective: retro postmortem; retry: backoff repeat attempt; reuse: share; revert: rollback
undo; review: approve; revoke: invalidate; role: permission; rollback: revert undo restore; root: admin;
rotate: renew; route: path; row: record; rule: policy convention; run: execute launch; runbook: playbook
procedure; safe: secure; sample: example; sanitize: escape; save: store persist; scale: grow; schedule:
cron calendar timer; schema: table migration; screen: display monitor; screenshot: image; script:
automation; search: find lookup query; secret: credential password key; secure: encrypt vulnerability;
segfault: crash; select: choose; send: deliver dispatch emit; sequence: order; serialize: encode marshal;
server: host backend machine; session: login; setting: configuration option preference; setup: install
configure; shard: partition; share: reuse; shell: terminal bash console; ship: deploy release deliver;
shop: merchant store; shortcut: hotkey; show: display; shrink: reduce compress; shutdown: stop terminate;
sign: signature; signature: sign; signin: login; signup: register; silent: quiet; skip: ignore bypass;
sleep: wait; slow: latency performance delay lag; sms: text message; snapshot: backup; socket: connection;
sort: order rank; source: origin; space: disk storage; spam: junk; specification: spec; speed: performance
fast; split: partition divide; spreadsheet: excel csv; ssl: tls certificate; stable: reliable; stage:
environment test; stale: outdated old expired cache; standard: convention; start: launch boot begin
startup; startup: boot start; state: status; statistics: stats metrics; status: state; stop: halt
terminate shutdown; storage: disk volume; store: save persist; string: text; structure: layout schema;
stub: mock fake; stuck: hang blocked; style: convention format; submit: send; subscribe: listen;
subscription: plan billing; sudo: root; summary: overview; sunset: deprecate; supplier: vendor; support:
helpdesk; suspend: pause; swap: exchange replace; switch: toggle; symlink: link; sync: synchronize
replicate; syntax: grammar; table: schema; tag: label; task: job ticket; team: group; telemetry: metrics;
temporary: tmp; tenant: customer; terminal: console shell; test: check; thread: concurrent; threshold:
limit; throttle: limit rate; throughput: rate performance; throw: raise exception; ticket: issue; timeout:
deadline expire; timer: schedule; timezone: utc; tls: ssl certificate https; toggle: flag switch; token:
credential; tool: utility; traffic: load; transaction: commit; transfer: move send; translate:
localization i18n; trash: delete; trigger: start; troubleshoot: debug diagnose; truncate: cut; trust:
verify; try: attempt; ttl: expiry lifetime; tune: optimize; tutorial: guide; twice: duplicate; type: kind;
typo: misspelling; ui: interface frontend; undo: revert rollback restore; unique: distinct; unit: module;
unreachable: down offline; unresponsive: hang; unstable: flaky; update: upgrade; upgrade: update migrate;
upload: push; url: link address; user: customer account; utf: unicode; validate: verify check; value:
setting; variable: env; vendor: supplier; verify: check validate; version: release; video: stream; view:
display; virtual: vm; visible: show; volume: disk; vpn: network; vulnerability: cve security; wait: block
delay; warn: alert diagnostic; watch: monitor; webhook: callback; website: site; weekend: holiday; width:
size; wifi: wireless network; window: dialog; wipe: delete erase remove purge; wireless: bluetooth radio;
workaround: hack; worker: job; workflow: process; workspace: repository; wrong: incorrect invalid; yaml:
config; zip: archive compress;
"""


def synonyms(term: str) -> list[str]:
    """Return the terms of the words that may stand for a word, given its term; [] for most."""
    found: list[str] = []
    probe = " " + term.removesuffix("i")  # the word begins so, as `retry` does for `retri`
    text = _ENTRIES.replace("\n", " ")
    at = text.find(probe)
    while at >= 0:
        end = text.find(";", at)
        word, colon, others = text[at + 1 : end].partition(": ")
        if colon and " " not in word and terms(word)[0] == term:
            found += (terms(other)[0] for other in others.split())
        at = text.find(probe, at + 1)
    return found
