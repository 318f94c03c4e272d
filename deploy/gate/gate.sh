#!/usr/bin/env bash
# Lets an artefact through only if Sentinel attests that it was decided GO for this environment. README.md says how.
# Needs bash, jq, openssl and coreutils; curl as well where the verdict is asked for.
#
# "a && b || deny" is meant: deny ends the script. Dollars in single quotes are jq's. cmp writes nothing.
# shellcheck disable=SC2015,SC2016,SC2094
set -uo pipefail
# No -e: each step that may fail is asked whether it did, and "ALLOWED" has to be said for anything to be let through.
export LC_ALL=C
umask 077

readonly PAYLOAD_TYPE=application/vnd.in-toto+json
readonly STATEMENT_TYPE=https://in-toto.io/Statement/v1
readonly PREDICATE_TYPE='urn:uuid:e8020f4e-f01e-467f-a1ab-fe4a501bc704#launch-decision/v1'
readonly MOST_BYTES=1048576 MOST_SIGNATURES=16 MOST_SECONDS=86400 SKEW_SECONDS=60

usage() {
  cat >&2 <<'TEXT'
Usage: gate.sh --envelope FILE --key FILE --artefact FILE|sha256:HEX --environment NAME --slot KEY [--slot KEY ...]
               [--max-age SECONDS] [--verdict URL [--offline-ok]]

  --envelope     the attestation, as Sentinel gave it
  --key          Sentinel's public key for attestations, PEM, which reached you by another way
  --artefact     what is to be deployed: the file, or its SHA-256
  --environment  where it is to be deployed
  --slot         an executive slot that must have decided GO, by its key; once for each
  --max-age      refuse an attestation that was issued longer ago
  --verdict      ask Sentinel whether it is still approved: .../api/launches/NAME/verdict; the token in SENTINEL_TOKEN
  --offline-ok   let through what the attestation allows where Sentinel does not answer

Ends with 0: let through; 1: denied, and one sentence why; 2: used wrongly.
TEXT
}

deny() {
  printf 'DENIED: %s\n' "$1" >&2
  exit 1
}

misused() {
  printf '%s\n' "$1" >&2
  usage
  exit 2
}

envelope='' key='' artefact='' environment='' max_age='' verdict='' offline_ok=no slots=()
while (($#)); do
  option=$1
  case $option in
    --offline-ok) offline_ok=yes; shift; continue ;;
    --help | -h) usage; exit 2 ;;
  esac
  (($# > 1)) && [[ -n $2 ]] || misused "$option needs a value."
  case $option in
    --envelope) envelope=$2 ;;
    --key) key=$2 ;;
    --artefact) artefact=$2 ;;
    --environment) environment=$2 ;;
    --slot) slots+=("$2") ;;
    --max-age) max_age=$2 ;;
    --verdict) verdict=$2 ;;
    *) misused "There is no option $option." ;;
  esac
  shift 2
done
for needed in envelope key artefact environment; do
  [[ -n ${!needed} ]] || misused "--$needed is missing."
done
((${#slots[@]})) || misused "--slot is missing: which executives have to agree is this gate's own policy."
[[ -z $max_age || $max_age =~ ^[1-9][0-9]{0,8}$ ]] || misused "--max-age takes whole seconds."
if [[ -n $verdict ]]; then
  [[ $verdict =~ ^(https://|http://(localhost|127\.0\.0\.1)(:[0-9]+)?/)[^[:space:][:cntrl:]\"\\]+$ ]] ||
    misused "--verdict takes an https address."
  [[ ${SENTINEL_TOKEN:-} =~ ^[A-Za-z0-9._~+/=-]+$ ]] || misused "SENTINEL_TOKEN holds no access token."
elif [[ $offline_ok = yes ]]; then
  misused "--offline-ok says something about --verdict alone."
fi
for program in jq openssl base64 sha256sum ${verdict:+curl}; do
  command -v "$program" >/dev/null || misused "$program is not installed."
done

work=$(mktemp -d) && [[ -d $work ]] || deny 'There is no place for temporary files.'
trap 'rm -rf -- "$work"' EXIT
export HOME=$work # jq would make a ~/.jq part of every rule

# What jq says of a file, if it is this and nothing else: a crash, no answer and two answers are all a no.
says() {
  local wanted=$1 got
  shift
  got=$(jq "$@" 2>/dev/null) || return 1
  [[ $got = "$wanted" ]]
}

# Strict base64 in either alphabet, padded, with one way to write each value.
decode() {
  local from=$1 to=$2
  [[ -s $from ]] || return 1
  tr -- '-_' '+/' <"$from" >"$from.std" || return 1
  base64 -d <"$from.std" >"$to" 2>/dev/null || return 1
  base64 -w 0 <"$to" | cmp -s - "$from.std"
}

# 1. What is to be deployed.
if [[ $artefact = sha256:* ]]; then
  digest=${artefact#sha256:}
  digest=${digest,,}
else
  [[ -f $artefact && -r $artefact ]] || misused 'The artefact is no file that can be read.'
  digest=$(sha256sum <"$artefact") || deny 'The artefact could not be read.'
  digest=${digest%% *}
fi
[[ $digest =~ ^[0-9a-f]{64}$ ]] || misused '--artefact takes a file, or sha256: and 64 hexadecimal digits.'

# 2. The key: P-256, public.
[[ -f $key && -r $key ]] || misused 'The key is no file that can be read.'
curve=$(openssl pkey -pubin -in "$key" -noout -text 2>/dev/null) || misused 'The key is no public key in PEM.'
[[ $curve = *prime256v1* ]] || misused 'The key is not on the curve P-256.'

# 3. The envelope: one JSON object of a size that Sentinel makes, of one type of payload.
[[ -f $envelope && -r $envelope ]] || misused 'The envelope is no file that can be read.'
head -c $((MOST_BYTES + 1)) <"$envelope" >"$work/envelope" || deny 'The envelope could not be read.'
size=$(wc -c <"$work/envelope") && ((size <= MOST_BYTES)) || deny 'The envelope is larger than any that Sentinel makes.'
tr -d '\000' <"$work/envelope" | cmp -s - "$work/envelope" || deny 'The envelope is not text.'
says true -s 'length == 1 and (.[0] | type == "object" and (.payload | type == "string")
  and (.signatures | type == "array"))' "$work/envelope" || deny 'The envelope is not a DSSE envelope.'
says true --arg type "$PAYLOAD_TYPE" '.payloadType == $type' "$work/envelope" ||
  deny 'The payload is not of the type that in-toto statements have.'
jq -j '.payload' "$work/envelope" >"$work/payload.b64" && decode "$work/payload.b64" "$work/payload" ||
  deny 'The payload is not in base64.'
{ printf 'DSSEv1 %d %s %d ' ${#PAYLOAD_TYPE} "$PAYLOAD_TYPE" "$(wc -c <"$work/payload")" && cat "$work/payload"; } \
  >"$work/pae" || deny 'The payload could not be read.'

# 4. Signed by the key.
count=$(jq '.signatures | length' "$work/envelope") && [[ $count =~ ^[0-9]+$ ]] ||
  deny 'The envelope is not a DSSE envelope.'
((count > 0)) || deny 'Nobody has signed the envelope.'
((count <= MOST_SIGNATURES)) || deny 'The envelope has more signatures than any that Sentinel makes.'
signed=no
for ((at = 0; at < count; at++)); do
  jq -j --argjson at "$at" '.signatures[$at].sig | strings' "$work/envelope" >"$work/sig.b64" 2>/dev/null &&
    decode "$work/sig.b64" "$work/sig" &&
    openssl dgst -sha256 -verify "$key" -signature "$work/sig" "$work/pae" >/dev/null 2>&1 && signed=yes
done
[[ $signed = yes ]] || deny 'No signature in the envelope is by the key.'

# 5. What was signed. Each rule prints its sentence where it is broken; nothing but ALLOWED at the end lets through.
now=$(date -u +%s) && [[ $now =~ ^[0-9]+$ ]] || deny 'The clock cannot be read.'
wanted=$(jq -cn '$ARGS.positional' --args -- "${slots[@]}") || deny 'The slots cannot be read.'
answer=$(jq -rs --arg statement "$STATEMENT_TYPE" --arg type "$PREDICATE_TYPE" --arg digest "$digest" \
  --arg environment "$environment" --argjson wanted "$wanted" --argjson now "$now" \
  --argjson age "${max_age:-$MOST_SECONDS}" --argjson most "$MOST_SECONDS" --argjson skew "$SKEW_SECONDS" '
  def moment: if type == "string" and test("\\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\z")
    then . as $text | fromdateiso8601 | if todateiso8601 == $text then . else error("no such day") end
    else error("no moment") end;
  def list: if type == "array" then . else error("no list") end;
  if length != 1 then error("not one value") else .[0] end
  | if ._type != $statement then "What was signed is no in-toto statement."
    elif .predicateType != $type then "The statement is not about the decision of a launch."
    elif (.subject | type != "array" or length != 1) then "The statement is not about one artefact."
    elif .subject[0].digest.sha256 != $digest then "The decision is about another artefact."
    else .predicate
    | (.issuedAt | moment) as $issued | (.expiresAt | moment) as $expires
    | (.slots | list | map(.key)) as $slots | (.signatures | list) as $signatures
    | ($signatures | map(.slot)) as $signed
    | if .environment != $environment then "The decision is about another environment."
      elif .decision != "GO" then "The decision is not GO."
      elif $issued > $now + $skew then "The attestation was issued in the future: look at the clocks."
      elif $expires <= $now then "The attestation has expired."
      elif $expires - $issued > $most then "The attestation is valid for longer than a day."
      elif $now - $issued > $age then "The attestation is older than this gate accepts."
      elif ($slots | unique | length) != ($slots | length) then "A slot is named twice."
      elif ($signed | unique | length) != ($signed | length) then "A slot is signed twice."
      elif any($signatures[]; .vote != "go" and .vote != "conditional") then "Somebody has not decided GO."
      elif $wanted - $signed != [] then "Nobody has decided GO in the slot \($wanted - $signed | join(", "))."
      elif $slots - $signed != [] then "An executive slot has not decided."
      elif all(.conditions | list | .[]; .beforeLaunch == false or .done == true) | not then
        "What had to be done before the launch is not done."
      else "ALLOWED" end
    end' "$work/payload" 2>/dev/null) || deny 'What was signed is not of the form that Sentinel writes.'
[[ $answer = ALLOWED ]] || deny "${answer:-What was signed is not of the form that Sentinel writes.}"

# 6. Still so, where Sentinel is asked.
if [[ -n $verdict ]]; then
  said=$(printf 'header = "Authorization: Bearer %s"\n' "$SENTINEL_TOKEN" |
    curl --disable --config - --silent --globoff --proto '=https,http' --max-time 20 --max-filesize "$MOST_BYTES" \
      --output "$work/verdict" --write-out '%{http_code}' --url "$verdict" 2>/dev/null)
  failed=$?
  # No connection (5, 6, 7), no answer in time (28, 52, 55, 56), or one that says "not now".
  case $failed:$said in
    0:200) answered=yes ;;
    0:429 | 0:5??) answered=no ;;
    0:*) deny "Sentinel does not tell how the launch stands (status ${said//[^0-9]/})." ;;
    5:* | 6:* | 7:* | 28:* | 52:* | 55:* | 56:*) answered=no ;;
    *) deny "Sentinel could not be asked safely (curl: $failed)." ;;
  esac
  if [[ $answered = yes ]]; then
    slug=$(jq -c '.predicate.launch.slug' "$work/payload") || deny 'The attestation names no launch.'
    says true -s --argjson slug "$slug" --arg digest "$digest" --arg environment "$environment" '
      length == 1 and (.[0] | .verdict.approved == true and .launch.slug == $slug
        and .launch.environment == $environment
        and (.launch.artefact_digest | ascii_downcase | ltrimstr("sha256:")) == $digest)' "$work/verdict" ||
      deny 'Sentinel says that this is not approved any more.'
  elif [[ $offline_ok = no ]]; then
    deny 'Sentinel does not answer, and this gate does not let through without it.'
  fi
fi

printf 'ALLOWED: sha256:%s for %s\n' "$digest" "$environment"
