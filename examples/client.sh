#!/usr/bin/env bash
# An integrator's client in bash with curl; python3 reads the JSON: `make up`, then `examples/client.sh`.
#
# A person signs in and makes an API key. With it, a program asks who it is and lists the keys of its organization page
# by page. In the end the person revokes the key.
set -euo pipefail

TRIES=4
SECONDS_TO_ANSWER=10
LONGEST_WAIT=60
# Credentials go to curl in files of this folder: arguments are visible to everybody on the machine.
SCRATCH=$(mktemp -d)

# request METHOD URL [CURL OPTION...]: prints the JSON of a successful answer; for any other says why on stderr and fails.
#
# Asks up to 4 times while the answer is "later", or none, provided that asking twice cannot do anything twice: GET and
# DELETE cannot, nor can a POST with an Idempotency-Key, which stays the same on every try.
request() {
  local method=$1 url=$2 repeatable='' attempt status request_id seconds
  shift 2
  case "$method $*" in GET* | DELETE* | *Idempotency-Key:*) repeatable=yes ;; esac
  for ((attempt = 0; attempt < TRIES; attempt++)); do
    request_id=$(fresh_id)
    : > "$SCRATCH/headers" > "$SCRATCH/answer"
    status=$(curl -sS -X "$method" "$url" --max-time "$SECONDS_TO_ANSWER" -H "X-Request-Id: $request_id" \
      -H 'Content-Type: application/json' "$@" -D "$SCRATCH/headers" -o "$SCRATCH/answer" -w '%{http_code}' \
      2> "$SCRATCH/silence") || status=000
    case $status in 2*) cat "$SCRATCH/answer" && return ;; esac
    seconds=$(pause "$status" "$attempt") || break
    [[ $repeatable && $attempt -lt $((TRIES - 1)) ]] || break
    sleep "$seconds"
  done
  refusal "$status" "$request_id" >&2
  return 1
}

# pause STATUS ATTEMPT: prints after how many seconds to ask again; fails when that would not help.
pause() {
  local said seconds
  said=$(tr -d '\r' < "$SCRATCH/headers" | awk 'tolower($1) == "retry-after:" && $2 ~ /^[0-9]+$/ { print $2 }')
  case $1 in
    000 | 429 | 503) ;;
    409) [[ $said ]] || return 1 ;; # with Retry-After: the first try with this Idempotency-Key is still being worked on
    *) return 1 ;;
  esac
  seconds=${said:-$((1 << $2))}
  # Up to a second of chance, so that a crowd that was refused together does not come back together.
  ((seconds <= LONGEST_WAIT)) && printf '%d.%03d\n' "$seconds" $((RANDOM % 1000))
}

# refusal STATUS REQUEST_ID: prints what the API said. Supabase Auth has no envelope: its code and message are at the top.
refusal() {
  python3 -c 'import json, sys
status, request_id, folder = sys.argv[1:]
try: answer = json.load(open(f"{folder}/answer"))
except ValueError: answer = {}
if status == "000": answer = {"code": "NO_ANSWER", "message": open(f"{folder}/silence").read().strip()}
error = answer.get("error", answer)
code = error.get("error_code") or error.get("code") or f"HTTP {status}"
message = error.get("message") or error.get("msg") or "no usable answer"
request_id = answer.get("requestId") or request_id
print(f"{code}: {message} (request id {request_id})")' "$1" "$2" "$SCRATCH"
}

# field NAME: prints one value of the JSON on stdin, like data.key; of a list, the words.
field() {
  python3 -c 'import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."): value = value[name]
print(" ".join(value) if isinstance(value, list) else value)' "$1"
}

fresh_id() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# finish: revokes the key and removes the credentials, however this ends.
finish() {
  local status=$?
  if [[ ${ID:-} ]]; then
    if request DELETE "$KEYS/$ID" -H "@$SCRATCH/person" > "$SCRATCH/revoked"; then echo "revoked   $LOOKUP"; else status=1; fi
  fi
  rm -rf "$SCRATCH"
  exit "$status"
}
trap finish EXIT

ENV_FILE=${ENV_FILE:-$(dirname "$0")/../.local/env}
[[ -f $ENV_FILE ]] || { echo "There is no $ENV_FILE. Run \`make up\` first." >&2; exit 1; }
# shellcheck source=/dev/null
. "$ENV_FILE"
export MAINSTAY_EMAIL=${MAINSTAY_EMAIL:-ada@example.com} MAINSTAY_PASSWORD=${MAINSTAY_PASSWORD:-Mainstay-seed-1}
KEYS=$FUNCTIONS_URL/auth/api-keys

# A person signs in. Their token lives 15 minutes.
python3 -c 'import json, os
print(json.dumps({"email": os.environ["MAINSTAY_EMAIL"], "password": os.environ["MAINSTAY_PASSWORD"]}))' > "$SCRATCH/sign-in"
SIGNED_IN=$(request POST "$SUPABASE_URL/auth/v1/token?grant_type=password" \
  -H "apikey: $SUPABASE_PUBLISHABLE_KEY" -d "@$SCRATCH/sign-in")
echo "Authorization: Bearer $(field access_token <<< "$SIGNED_IN")" > "$SCRATCH/person"

# They make a key, which is shown this once.
MADE=$(request POST "$KEYS" -H "@$SCRATCH/person" -H "Idempotency-Key: $(fresh_id)" \
  -d '{"name": "example in bash", "scopes": ["api-keys:read"]}')
ID=$(field data.id <<< "$MADE")
LOOKUP=$(field data.lookup <<< "$MADE")
echo "X-API-Key: $(field data.key <<< "$MADE")" > "$SCRATCH/program"
echo "made      $LOOKUP"

# The program that got it asks who it is
ME=$(request GET "$FUNCTIONS_URL/auth/whoami" -H "@$SCRATCH/program")
echo "who am I  $(field data.kind <<< "$ME") of organization $(field data.orgId <<< "$ME"), may $(field data.scopes <<< "$ME")"
# Written by bash, which ends without a word when nobody reads any more, and revokes the key.
echo "$(python3 -c 'import json, sys
for limit in json.load(sys.stdin)["data"]["limits"]: print("limit     {name}: {left} of {quantity} left".format(**limit))' <<< "$ME")"

# and lists keys page by page; a page holds at most 100.
ASKED=(-G -d limit=2)
while :; do
  PAGE=$(request GET "$KEYS" -H "@$SCRATCH/program" "${ASKED[@]}")
  echo "$(python3 -c 'import json, sys
for key in json.load(sys.stdin)["data"]["items"]:
    print("key      ", key["lookup"], "", key["name"] + (" (revoked)" if key["revokedAt"] else ""))' <<< "$PAGE")"
  [[ $(field data.hasMore <<< "$PAGE") == True ]] || break
  ASKED=(-G -d limit=2 --data-urlencode "cursor=$(field data.nextCursor <<< "$PAGE")")
done
