#!/usr/bin/env bash
# Connects a Microsoft 365 tenant to MSP Process Password Reset: one app registration, single
# tenant, with application permissions, admin consent and a {% if recipe.certificate().is_some() %}certificate{% else %}client secret{% endif %}.
#
# Run it signed in as Global Administrator or Privileged Role Administrator of the customer's
# tenant: in Azure Cloud Shell (Bash), or wherever Azure CLI is: bash connect.sh
#
# It can be run again for a registration that it knows by its id: what is there is kept, what is missing
# is added.{% if recipe.certificate().is_none() %} Every
# run adds one new secret; older ones keep working until you remove them. The secret is shown
# once, here on the screen; it is written to no file and to no history.{% endif %}
(
set -euo pipefail

NAME='{{ recipe.name() }}'
GRAPH='{{ recipe.graph() }}'
LOGIN='{{ recipe.login() }}'
CLOUD='{{ recipe.az_cloud() }}'
TENANT='{{ recipe.tenant() }}'
MICROSOFT_GRAPH='{{ recipe.graph_app() }}'
# The registration that is connected; empty before.
CLIENT='{{ recipe.client_id() }}'
# What the registration is granted, and nothing else: app role id, name.
PERMISSIONS='
{%- for permission in recipe.permissions() %}
{{ permission.role_id }} {{ permission.name }}
{%- endfor %}
'
# What it may hold: of these, what somebody has granted before stays as it is.
KNOWN='
{%- for permission in recipe.known() %}
{{ permission.role_id }}
{%- endfor %}
'
{%- if let Some(certificate) = recipe.certificate() %}
# The public part. The private key stays with MSP Process.
CERTIFICATE='{{ certificate }}'
{%- endif %}
{%- if recipe.role() %}
# Password Administrator: resets people without an administrator role, and other Password
# Administrators.
ROLE='{{ recipe.role_id() }}'
{%- endif %}

client=''
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

say() { printf '%s\n' "$*" >&2; }

# What went wrong, and what to do now.
stop() {
  printf '\nStopped: %s\nWhat to do: %s\n' "$1" "$2" >&2
  exit 1
}

# Asks Microsoft Graph: METHOD PATH and more of az rest. Its complaints are kept for give_up.
graph() {
  local method=$1 path=$2
  shift 2
  az rest --only-show-errors --method "$method" --url "$GRAPH/v1.0/$path" --resource "$GRAPH/" \
    "$@" 2>"$errors"
}

# Ends with what Microsoft said. $1: what it did not do.
give_up() {
  local said
  said=$(cat "$errors")
  case $said in
    *AsPerAppPolicy* | *'assigned policy'*)
      {%- if recipe.certificate().is_some() %}
      stop 'A policy of this tenant (app management policy) does not allow this certificate.' \
        'Ask the customer to exempt this app registration from the policy, then run this again.' ;;
      {%- else %}
      stop 'A policy of this tenant (app management policy) forbids client secrets, or allows only shorter ones.' \
        'Choose "Certificate" in the integration and run the script that you get then; or make a shorter secret by hand under Certificates & secrets.' ;;
      {%- endif %}
    *Authorization_RequestDenied* | *'Insufficient privileges'* | *Forbidden*)
      stop "Microsoft does not allow you to $1." \
        'Sign in as Global Administrator or Privileged Role Administrator of this tenant (activate the role first if it is by PIM) and run this again.' ;;
    *AADSTS* | *'az login'*)
      stop "Your sign-in does not reach Microsoft Graph: $said" \
        "Run: az login --tenant ${tenant:-$TENANT} --allow-no-subscriptions --scope $GRAPH/.default" ;;
  esac
  stop "Microsoft did not $1: $said" "Run this again in a minute${client:+: APP_ID=$client bash connect.sh}; what was made already is kept."
}

# The same as graph, for two minutes: what is new is not everywhere at Microsoft at once.
patiently() {
  local what=$1 try
  shift
  for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
    if graph "$@"; then return 0; fi
    case $(cat "$errors") in
      *AsPerAppPolicy* | *'assigned policy'* | *Authorization_RequestDenied*) break ;;
    esac
    say "  Microsoft is not ready yet, try $try of 12"
    sleep "${PAUSE:-10}"
  done
  give_up "$what"
}

command -v az >/dev/null 2>&1 ||
  stop 'Azure CLI (az) is not installed here.' 'Use Azure Cloud Shell (https://shell.azure.com, Bash), or install Azure CLI.'

# The right cloud, and the right tenant in it.
if [ -n "$CLOUD" ]; then
  [ "$(az cloud show --query name --output tsv)" = "$CLOUD" ] ||
    stop 'Azure CLI is set to another cloud.' "Run: az cloud set --name $CLOUD && az login --allow-no-subscriptions"
else
  [ "$(az cloud show --query endpoints.activeDirectory --output tsv)" = "$LOGIN" ] ||
    stop "Azure CLI is set to another cloud than the one that signs in at $LOGIN." 'Choose it with: az cloud set --name NAME (az cloud list shows the names), then sign in.'
fi
az account show --output none 2>"$errors" ||
  stop 'You are not signed in.' 'Run: az login --allow-no-subscriptions{% if recipe.knows_tenant() %} --tenant {{ recipe.tenant() }}{% endif %}'
tenant=$(graph get 'organization?$select=id' --query 'value[].id' --output tsv) || give_up 'say which tenant this is'
domains=$(graph get 'organization?$select=verifiedDomains' --query 'value[].verifiedDomains[].name' --output tsv) ||
  give_up 'say which domains this tenant has'
if [ -n "$TENANT" ]; then
  printf '%s\n' "$tenant" "$domains" | grep -ixF -- "$TENANT" >/dev/null ||
    stop "You are signed in to another tenant: $tenant" "Run: az login --tenant $TENANT --allow-no-subscriptions"
fi
say "Tenant $tenant"

# The registration: {% if recipe.client_id().is_empty() %}a new one, or the one that you name by its id{% else %}the one that is connected{% endif %}. Never one
# that only has the right name: whoever may register applications here could have made it, with a secret
# of their own, and would get all that is granted below.
client=${APP_ID:-$CLIENT}
select='$select=id,appId,signInAudience'
if [ -n "$client" ]; then
  case $client in
    *[!0-9A-Fa-f-]*) stop 'APP_ID is not an application (client) id.' 'Copy it from the overview of the app registration.' ;;
  esac
  found=$(graph get "applications?\$filter=appId%20eq%20%27$client%27&$select" \
    --query 'value[].[id, appId, signInAudience]' --output tsv) || give_up 'list the app registrations'
  [ -n "$found" ] ||
    stop "This tenant has no app registration with the application (client) id $client." 'Compare the id with the overview of the app registration, and look whether this is the right tenant.'
  read -r app client audience <<<"$found"
  say "Found the app registration $client"
  [ "$audience" = AzureADMyOrg ] ||
    stop 'That app registration is not for this tenant alone (single tenant).' 'Set "Supported account types" to this organizational directory only (under Authentication), then run this again.'
else
  filter='displayName%20eq%20%27{{ recipe.encoded_name() }}%27'
  found=$(graph get "applications?\$filter=$filter&$select" --query 'value[].appId' --output tsv) ||
    give_up 'list the app registrations'
  if [ -n "$found" ]; then
    stop "There is an app registration with the name $NAME already: $(printf '%s' "$found" | tr '\n' ' ')" \
      'If you made it, by this script or by hand, go on with it: APP_ID=its-id bash connect.sh. If nobody here knows it, look at its owners and its secrets, remove it, and run this again.'
  fi
  say "Making the app registration $NAME"
  made=$(graph post applications --headers 'Content-Type=application/json' \
    --body "{\"displayName\":\"$NAME\",\"signInAudience\":\"AzureADMyOrg\"}" \
    --query '[id, appId]' --output tsv) || give_up 'make an app registration'
  # Two values, one below the other.
  app=$(printf '%s\n' "$made" | tr '\t' '\n' | sed -n 1p)
  client=$(printf '%s\n' "$made" | tr '\t' '\n' | sed -n 2p)
  say "Its application (client) id is $client. Should this stop half-way: APP_ID=$client bash connect.sh"
fi

# Its service principal: what is granted something in this tenant.
principal=$(graph get "servicePrincipals?\$filter=appId%20eq%20%27$client%27&\$select=id" \
  --query 'value[].id' --output tsv) || give_up 'list the service principals'
if [ -z "$principal" ]; then
  say 'Making its service principal'
  principal=$(patiently 'make the service principal' post servicePrincipals \
    --headers 'Content-Type=application/json' --body "{\"appId\":\"$client\"}" --query id --output tsv)
fi

# Admin consent, one permission after the other.
resource=$(graph get "servicePrincipals?\$filter=appId%20eq%20%27$MICROSOFT_GRAPH%27&\$select=id" \
  --query 'value[].id' --output tsv) || give_up 'find Microsoft Graph in this tenant'
granted=$(patiently 'list what is granted' get "servicePrincipals/$principal/appRoleAssignments" \
  --query "value[?resourceId=='$resource'].appRoleId" --output tsv)
listed=''
for role in $KNOWN; do
  case "$PERMISSIONS $granted" in
    *"$role"*) listed="$listed${listed:+,}{\"id\":\"$role\",\"type\":\"Role\"}" ;;
  esac
done
patiently 'list the permissions in the registration' patch "applications/$app" \
  --headers 'Content-Type=application/json' \
  --body "{\"requiredResourceAccess\":[{\"resourceAppId\":\"$MICROSOFT_GRAPH\",\"resourceAccess\":[$listed]}]}"
while read -r role permission; do
  [ -n "$role" ] || continue
  case $granted in *"$role"*) continue ;; esac
  say "Granting $permission"
  patiently 'grant a permission' post "servicePrincipals/$principal/appRoleAssignments" \
    --headers 'Content-Type=application/json' --output none \
    --body "{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}" </dev/null
done <<<"$PERMISSIONS"
for role in $granted; do
  case $KNOWN in
    *"$role"*) ;;
    *) say "WARNING: this registration holds a permission that it does not need (app role $role). Remove it under API permissions." ;;
  esac
done
{%- if recipe.role() %}

# The directory role that some tenants want beside the permission.
held=$(graph get "roleManagement/directory/roleAssignments?\$filter=principalId%20eq%20%27$principal%27" \
  --query "value[?roleDefinitionId=='$ROLE'].id" --output tsv) || give_up 'list its directory roles'
if [ -z "$held" ]; then
  say 'Assigning Password Administrator'
  patiently 'assign the directory role' post roleManagement/directory/roleAssignments \
    --headers 'Content-Type=application/json' --output none \
    --body "{\"principalId\":\"$principal\",\"roleDefinitionId\":\"$ROLE\",\"directoryScopeId\":\"/\"}"
fi
{%- endif %}
{% if recipe.certificate().is_some() %}
# The certificate, beside those that are there.
have=$(graph get "applications/$app?\$select=keyCredentials" --query keyCredentials --output json) ||
  give_up 'list the certificates'
key="{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\",\"displayName\":\"MSP Process\",\"key\":\"$CERTIFICATE\"}"
case $have in
  *"$CERTIFICATE"*) keys='' ;;
  *'{'*) keys="${have%]*},$key]" ;;
  *) keys="[$key]" ;;
esac
if [ -n "$keys" ]; then
  say 'Uploading the certificate'
  patiently 'take the certificate' patch "applications/$app" \
    --headers 'Content-Type=application/json' --body "{\"keyCredentials\":$keys}"
fi

printf '\nPaste these into Settings, Integrations, M365 Identity Management:\n\n'
printf '  Directory (tenant) ID:    %s\n' "$tenant"
printf '  Application (client) ID:  %s\n' "$client"
printf '\nThe certificate is in place; there is no secret to paste.\n'
{%- else %}
# The secret. GNU date first, then the one of macOS.
until=$(date -u -d '+{{ recipe.days() }} days' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null ||
  date -u -v+{{ recipe.days() }}d +%Y-%m-%dT%H:%M:%SZ)
say 'Making a client secret'
# Once: if the answer is lost, each further try would leave a secret behind that nobody knows.
secret=$(graph post "applications/$app/addPassword" \
  --headers 'Content-Type=application/json' --query secretText --output tsv \
  --body "{\"passwordCredential\":{\"displayName\":\"MSP Process\",\"endDateTime\":\"$until\"}}") ||
  give_up 'make a client secret (should one of today stand under Certificates & secrets all the same, remove it)'

printf '\nPaste these into Settings, Integrations, M365 Identity Management:\n\n'
printf '  Directory (tenant) ID:    %s\n' "$tenant"
printf '  Application (client) ID:  %s\n' "$client"
printf '  Client secret (value):    %s\n' "$secret"
printf '  Secret expires on:        %s\n' "${until%%T*}"
printf '\nThe secret is not shown again. Clear this screen when you have pasted it.\n'
{%- endif %}
printf 'A new permission can take a few minutes until it works. Then choose Test connection.\n'
)
