# Connects a Microsoft 365 tenant to MSP Process Password Reset: one app registration, single
# tenant, with application permissions, admin consent and a {% if recipe.certificate().is_some() %}certificate{% else %}client secret{% endif %}.
#
# Run it in PowerShell 5.1 or 7 and sign in as Global Administrator or Privileged Role
# Administrator of the customer's tenant. It needs one module:
#     Install-Module Microsoft.Graph.Authentication -Scope CurrentUser
#
# It can be run again for a registration that it knows by its id: what is there is kept, what is missing
# is added.{% if recipe.certificate().is_none() %} Every
# run adds one new secret; older ones keep working until you remove them. The secret is shown
# once, here on the screen; it is written to no file and to no history. Don't run this while
# Start-Transcript is on.{% endif %}
& {
    Set-StrictMode -Version 3.0
    $ErrorActionPreference = 'Stop'

    $Name = '{{ recipe.name() }}'
    $Graph = '{{ recipe.graph() }}'
    $Login = '{{ recipe.login() }}'
    $Tenant = '{{ recipe.tenant() }}'
    $MicrosoftGraph = '{{ recipe.graph_app() }}'
    # The registration that is connected; empty before.
    $Client = '{{ recipe.client_id() }}'
    # What the registration is granted, and nothing else.
    $Permissions = [ordered]@{
{%- for permission in recipe.permissions() %}
        '{{ permission.name }}' = '{{ permission.role_id }}'
{%- endfor %}
    }
    # What it may hold: of these, what somebody has granted before stays as it is.
    $Known = @(
{%- for permission in recipe.known() %}
        '{{ permission.role_id }}'
{%- endfor %}
    )
{%- if let Some(certificate) = recipe.certificate() %}
    # The public part. The private key stays with MSP Process.
    $Certificate = '{{ certificate }}'
{%- endif %}
{%- if recipe.role() %}
    # Password Administrator: resets people without an administrator role, and other Password
    # Administrators.
    $Role = '{{ recipe.role_id() }}'
{%- endif %}

    # What went wrong, and what to do now.
    function Stop-Here {
        param([string] $Problem, [string] $Remedy)
        throw "$Problem What to do: $Remedy"
    }

    function Invoke-Graph {
        param([string] $Method, [string] $Path, [System.Collections.IDictionary] $Body)
        $Call = @{ Method = $Method; Uri = "$Graph/v1.0/$Path"; OutputType = 'PSObject' }
        if ($Body) {
            $Call.Body = $Body | ConvertTo-Json -Depth 8 -Compress
            $Call.ContentType = 'application/json'
        }
        Invoke-MgGraphRequest @Call
    }

    # Does one thing; what is new is not everywhere at Microsoft at once, so it may try again.
    function Invoke-Step {
        param([string] $Aim, [scriptblock] $Act, [int] $Limit = 1)
        for ($Round = 1; ; $Round++) {
            try {
                return & $Act
            }
            catch {
                $Said = "$_ $($_.Exception.Message)"
                if ($Said -match 'AsPerAppPolicy|assigned policy') {
                    {%- if recipe.certificate().is_some() %}
                    Stop-Here 'A policy of this tenant (app management policy) does not allow this certificate.' 'Ask the customer to exempt this app registration from the policy, then run this again.'
                    {%- else %}
                    Stop-Here 'A policy of this tenant (app management policy) forbids client secrets, or allows only shorter ones.' 'Choose "Certificate" in the integration and run the script that you get then; or make a shorter secret by hand under Certificates & secrets.'
                    {%- endif %}
                }
                if ($Said -match 'Authorization_RequestDenied|Insufficient privileges|Forbidden') {
                    Stop-Here "Microsoft does not allow you to $Aim." 'Sign in as Global Administrator or Privileged Role Administrator of this tenant (activate the role first if it is by PIM) and run this again.'
                }
                if ($Round -ge $Limit) {
                    Stop-Here "Microsoft did not $($Aim): $Said" 'Run this again in a minute, with $env:APP_ID set where a registration was made; what was made already is kept.'
                }
                Write-Host "  Microsoft is not ready yet, try $Round of $Limit"
                Start-Sleep -Seconds 10
            }
        }
    }

    if (-not (Get-Module -ListAvailable -Name Microsoft.Graph.Authentication)) {
        Stop-Here 'The module Microsoft.Graph.Authentication is not installed here.' 'Run: Install-Module Microsoft.Graph.Authentication -Scope CurrentUser'
    }
    Import-Module Microsoft.Graph.Authentication
    $Environment = Get-MgEnvironment | Where-Object { $_.GraphEndpoint.TrimEnd('/') -eq $Graph } | Select-Object -First 1
    if (-not $Environment) {
        Stop-Here "The module does not know the cloud of $Graph." "Run: Add-MgEnvironment -Name MspProcess -GraphEndpoint $Graph -AzureADEndpoint $Login"
    }

    $Connect = @{
        Environment  = $Environment.Name
        Scopes       = @('Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'{% if recipe.role() %}, 'RoleManagement.ReadWrite.Directory'{% endif %})
        ContextScope = 'Process'
        NoWelcome    = $true
    }
    if ($Tenant) { $Connect.TenantId = $Tenant }
    Invoke-Step 'sign in' { Connect-MgGraph @Connect | Out-Null }
    try {
        $TenantId = (Invoke-Step 'say which tenant this is' { Invoke-Graph GET 'organization?$select=id' }).value[0].id
        Write-Host "Tenant $TenantId"

        # The registration: {% if recipe.client_id().is_empty() %}a new one, or the one that you name by its id{% else %}the one that is connected{% endif %}. Never one
        # that only has the right name: whoever may register applications here could have made it, with
        # a secret of their own, and would get all that is granted below.
        if ($env:APP_ID) { $Client = $env:APP_ID }
        if ($Client) {
            if ($Client -notmatch '^[0-9A-Fa-f-]+$') {
                Stop-Here 'APP_ID is not an application (client) id.' 'Copy it from the overview of the app registration.'
            }
            $Query = 'applications?$filter=appId%20eq%20%27' + $Client + '%27&$select=id,appId,signInAudience'
            $App = @((Invoke-Step 'list the app registrations' { Invoke-Graph GET $Query }).value) | Select-Object -First 1
            if (-not $App) {
                Stop-Here "This tenant has no app registration with the application (client) id $Client." 'Compare the id with the overview of the app registration, and look whether this is the right tenant.'
            }
            Write-Host "Found the app registration $Client"
            if ($App.signInAudience -ne 'AzureADMyOrg') {
                Stop-Here 'That app registration is not for this tenant alone (single tenant).' 'Set "Supported account types" to this organizational directory only (under Authentication), then run this again.'
            }
        }
        else {
            $Query = 'applications?$filter=displayName%20eq%20%27{{ recipe.encoded_name() }}%27&$select=id,appId,signInAudience'
            $Found = @((Invoke-Step 'list the app registrations' { Invoke-Graph GET $Query }).value)
            if ($Found.Count -gt 0) {
                $Ids = @($Found | ForEach-Object { $_.appId }) -join ' '
                Stop-Here "There is an app registration with the name $Name already: $Ids" 'If you made it, by this script or by hand, go on with it: set $env:APP_ID to its id and run this again. If nobody here knows it, look at its owners and its secrets, remove it, and run this again.'
            }
            Write-Host "Making the app registration $Name"
            $App = Invoke-Step 'make an app registration' {
                Invoke-Graph POST 'applications' @{ displayName = $Name; signInAudience = 'AzureADMyOrg' }
            }
            Write-Host "Its application (client) id is $($App.appId). Should this stop half-way, set `$env:APP_ID to it and run this again."
        }

        # Its service principal: what is granted something in this tenant.
        $Query = 'servicePrincipals?$filter=appId%20eq%20%27' + $App.appId + '%27&$select=id'
        $Principal = @((Invoke-Step 'list the service principals' { Invoke-Graph GET $Query }).value) | Select-Object -First 1
        if (-not $Principal) {
            Write-Host 'Making its service principal'
            $Principal = Invoke-Step 'make the service principal' { Invoke-Graph POST 'servicePrincipals' @{ appId = $App.appId } } 12
        }

        # Admin consent, one permission after the other.
        $Query = 'servicePrincipals?$filter=appId%20eq%20%27' + $MicrosoftGraph + '%27&$select=id'
        $Resource = @((Invoke-Step 'find Microsoft Graph in this tenant' { Invoke-Graph GET $Query }).value)[0]
        $Assignments = "servicePrincipals/$($Principal.id)/appRoleAssignments"
        $Granted = @((Invoke-Step 'list what is granted' { Invoke-Graph GET $Assignments } 12).value |
            Where-Object { $_.resourceId -eq $Resource.id } | ForEach-Object { $_.appRoleId })
        $Listed = @($Known | Where-Object { @($Permissions.Values) -contains $_ -or $Granted -contains $_ })
        $Access = @{
            requiredResourceAccess = @(@{
                resourceAppId  = $MicrosoftGraph
                resourceAccess = @($Listed | ForEach-Object { @{ id = $_; type = 'Role' } })
            })
        }
        Invoke-Step 'list the permissions in the registration' { Invoke-Graph PATCH "applications/$($App.id)" $Access | Out-Null } 12
        foreach ($Permission in $Permissions.Keys) {
            if ($Granted -contains $Permissions[$Permission]) { continue }
            Write-Host "Granting $Permission"
            $Grant = @{ principalId = $Principal.id; resourceId = $Resource.id; appRoleId = $Permissions[$Permission] }
            Invoke-Step 'grant a permission' { Invoke-Graph POST $Assignments $Grant | Out-Null } 12
        }
        foreach ($Id in $Granted) {
            if ($Known -notcontains $Id) {
                Write-Warning "This registration holds a permission that it does not need (app role $Id). Remove it under API permissions."
            }
        }
{%- if recipe.role() %}

        # The directory role that some tenants want beside the permission.
        $Query = 'roleManagement/directory/roleAssignments?$filter=principalId%20eq%20%27' + $Principal.id + '%27'
        $Held = @((Invoke-Step 'list its directory roles' { Invoke-Graph GET $Query }).value |
            Where-Object { $_.roleDefinitionId -eq $Role })
        if ($Held.Count -eq 0) {
            Write-Host 'Assigning Password Administrator'
            $Assign = @{ principalId = $Principal.id; roleDefinitionId = $Role; directoryScopeId = '/' }
            Invoke-Step 'assign the directory role' { Invoke-Graph POST 'roleManagement/directory/roleAssignments' $Assign | Out-Null } 12
        }
{%- endif %}
{% if recipe.certificate().is_some() %}
        # The certificate, beside those that are there.
        $Query = "applications/$($App.id)" + '?$select=keyCredentials'
        $Keys = @((Invoke-Step 'list the certificates' { Invoke-Graph GET $Query }).keyCredentials | Where-Object { $_ })
        if (-not ($Keys | Where-Object { $_.key -eq $Certificate })) {
            Write-Host 'Uploading the certificate'
            $Keys += @{ type = 'AsymmetricX509Cert'; usage = 'Verify'; displayName = 'MSP Process'; key = $Certificate }
            Invoke-Step 'take the certificate' { Invoke-Graph PATCH "applications/$($App.id)" @{ keyCredentials = $Keys } | Out-Null } 12
        }

        Write-Host ''
        Write-Host 'Paste these into Settings, Integrations, M365 Identity Management:'
        Write-Host ''
        Write-Host "  Directory (tenant) ID:    $TenantId"
        Write-Host "  Application (client) ID:  $($App.appId)"
        Write-Host ''
        Write-Host 'The certificate is in place; there is no secret to paste.'
{%- else %}
        # The secret.
        $Until = [DateTime]::UtcNow.AddDays({{ recipe.days() }}).ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
        Write-Host 'Making a client secret'
        $Wish = @{ passwordCredential = @{ displayName = 'MSP Process'; endDateTime = $Until } }
        # Once: if the answer is lost, each further try would leave a secret behind that nobody knows.
        $Secret = Invoke-Step 'make a client secret (should one of today stand under Certificates & secrets all the same, remove it)' {
            Invoke-Graph POST "applications/$($App.id)/addPassword" $Wish
        }

        Write-Host ''
        Write-Host 'Paste these into Settings, Integrations, M365 Identity Management:'
        Write-Host ''
        Write-Host "  Directory (tenant) ID:    $TenantId"
        Write-Host "  Application (client) ID:  $($App.appId)"
        Write-Host "  Client secret (value):    $($Secret.secretText)"
        Write-Host "  Secret expires on:        $($Until.Substring(0, 10))"
        Write-Host ''
        Write-Host 'The secret is not shown again. Clear this screen when you have pasted it.'
{%- endif %}
        Write-Host 'A new permission can take a few minutes until it works. Then choose Test connection.'
    }
    finally {
        Disconnect-MgGraph | Out-Null
    }
}
