## dashboard

dashboard-title = Operators' dashboard
dashboard-chat = Chat
dashboard-windows = Time to look back
dashboard-window_day = 24 hours
dashboard-window_week = 7 days
dashboard-window_month = 30 days
dashboard-as_of = As of { $at }; renewed every 30 seconds.
dashboard-empty = Nothing in this time.
dashboard-chart = Chart: { $what }. The numbers are in the table below.
dashboard-numbers = Numbers
dashboard-panel_evidence = Evidence for support
dashboard-panel_now = Right now
dashboard-panel_requests = Requests by outcome
dashboard-panel_failures = Failures by kind
dashboard-panel_latency = How long pictures take
dashboard-panel_spending = Spending
dashboard-panel_cases = Moderation cases
dashboard-panel_lessons = What fails, and what helps
dashboard-lessons_remedies = Tried after a failure
dashboard-lessons_rejections = Turned down before anything was sent
dashboard-lessons_models = Failures by model
dashboard-lessons_sizes = Failures by size
dashboard-lessons_origins = Failures by how the request came about
dashboard-lessons_words = Words that go with blocks (others' words as hashes)
dashboard-column_anyway = Got pictures anyway
dashboard-column_tried = Then tried
dashboard-column_worked = Worked
dashboard-column_reason = Reason
dashboard-column_model = Model
dashboard-column_size = Size
dashboard-column_origin = Came from
dashboard-column_word = Word
dashboard-column_blocked = Blocked
dashboard-column_passed = Passed
dashboard-column_members = Members
dashboard-problems = Open notice
dashboard-problem = { $count ->
    [one] { $what } (once, at { $since }).
   *[other] { $what } ({ $count } times since { $since }).
}
dashboard-live = In progress
dashboard-nothing_live = nothing
dashboard-gate = Image service ({ $name })
dashboard-gate_open = Working.
dashboard-gate_paused = Paused for { $wait }, because the service asked for it.
dashboard-gate_probing = Trying whether it works again.
dashboard-gate_down = Not answering; the next try is in { $wait }.
dashboard-gate_no_credit = Out of credit; the next try is in { $wait }.
dashboard-in_flight = Calls in progress: { $count }.
dashboard-learned = Calls at once: { $at_once }. Requests a minute: { $per_minute }.
dashboard-not_learned = no limit met yet
dashboard-budgets = Communities that spent most today
dashboard-unlimited = unlimited
dashboard-open = Waiting for a decision
dashboard-median = Median time to a decision
dashboard-longest = Longest
dashboard-no_decision = no case was closed
dashboard-column_outcome = Outcome
dashboard-column_count = Requests
dashboard-column_kind = Kind
dashboard-column_time = From (UTC)
dashboard-column_day = Day
dashboard-column_cost = Cost
dashboard-column_pictures = Pictures
dashboard-column_community = Community
dashboard-column_budget = Budget a day
dashboard-outcome_refused = turned down

## problem

problem-host_needs_token = WEB_HOST is { $host }, so others could reach the web chat. Also set WEB_TOKEN to a long secret, or set WEB_HOST to 127.0.0.1.
problem-token_short = WEB_TOKEN is too short to protect anything. Use at least { $least } characters, for example from: openssl rand -hex 16
problem-port_wrong = WEB_PORT must be a number from 0 to 65535 (0 picks a free one), not "{ $value }".
problem-port_in_use = Port { $port } on { $host } is used by another program. Stop that program, or choose another port with WEB_PORT or --port (0 picks a free one).
problem-port_twice = WEB_PORT and HEALTH_PORT are both { $port }, and only one of them can have it. Choose another number for one.
problem-port_forbidden = This user isn't allowed to open port { $port }. Choose one above 1023 with WEB_PORT or --port.
problem-host_unknown = WEB_HOST is "{ $host }", which isn't an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all addresses.
problem-extra_missing = The web chat needs NiceGUI, which isn't installed. Install the extra: pip install 'imagine-bot[web]'
problem-start_failed = The web chat couldn't start; the log says why.
problem-wrong_host = The web chat doesn't answer at this address. Open http://127.0.0.1:{ $port }/ instead.
problem-wrong_origin = Another website tried to use the web chat, so this was refused. Open the web chat itself instead.
problem-token_needed = This chat needs its token. Open this address again with ?token= and the value of WEB_TOKEN at the end.
problem-picture_gone = This picture isn't here anymore.

## ready

ready-open = Web chat: { $url }
ready-token = Web chat: { $url } (add ?token= and the value of WEB_TOKEN)

## init

init-name = a browser on this machine (web chat)
init-port = Port of the web chat.

## setting

setting-host = Address that the web chat listens on. Any other than this machine's own (127.0.0.1) needs WEB_TOKEN.
setting-port = Port of the web chat; setting it starts the web chat. 0 picks a free one.
setting-token = Secret that a browser needs to open the web chat. Required if others can reach it.

## doctor

doctor-what = Web chat
doctor-ok = Port { $port } on { $host } is free.
doctor-off = Not set up. Set WEB_PORT to start it.
dashboard-live_state = { $count } { $state }
