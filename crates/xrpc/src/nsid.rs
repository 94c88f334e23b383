//! The names of the methods that servers and clients here speak, declared once.

/// `com.atproto.server.*`: accounts and sessions.
pub mod server {
    pub const ACTIVATE_ACCOUNT: &str = "com.atproto.server.activateAccount";
    pub const CHECK_ACCOUNT_STATUS: &str = "com.atproto.server.checkAccountStatus";
    pub const CONFIRM_EMAIL: &str = "com.atproto.server.confirmEmail";
    pub const CREATE_ACCOUNT: &str = "com.atproto.server.createAccount";
    pub const CREATE_APP_PASSWORD: &str = "com.atproto.server.createAppPassword";
    pub const CREATE_INVITE_CODE: &str = "com.atproto.server.createInviteCode";
    pub const CREATE_INVITE_CODES: &str = "com.atproto.server.createInviteCodes";
    pub const CREATE_SESSION: &str = "com.atproto.server.createSession";
    pub const DEACTIVATE_ACCOUNT: &str = "com.atproto.server.deactivateAccount";
    pub const DELETE_ACCOUNT: &str = "com.atproto.server.deleteAccount";
    pub const DELETE_SESSION: &str = "com.atproto.server.deleteSession";
    pub const DESCRIBE_SERVER: &str = "com.atproto.server.describeServer";
    pub const GET_ACCOUNT_INVITE_CODES: &str = "com.atproto.server.getAccountInviteCodes";
    pub const GET_SERVICE_AUTH: &str = "com.atproto.server.getServiceAuth";
    pub const GET_SESSION: &str = "com.atproto.server.getSession";
    pub const LIST_APP_PASSWORDS: &str = "com.atproto.server.listAppPasswords";
    pub const REFRESH_SESSION: &str = "com.atproto.server.refreshSession";
    pub const REQUEST_ACCOUNT_DELETE: &str = "com.atproto.server.requestAccountDelete";
    pub const REQUEST_EMAIL_CONFIRMATION: &str = "com.atproto.server.requestEmailConfirmation";
    pub const REQUEST_EMAIL_UPDATE: &str = "com.atproto.server.requestEmailUpdate";
    pub const REQUEST_PASSWORD_RESET: &str = "com.atproto.server.requestPasswordReset";
    pub const RESERVE_SIGNING_KEY: &str = "com.atproto.server.reserveSigningKey";
    pub const RESET_PASSWORD: &str = "com.atproto.server.resetPassword";
    pub const REVOKE_APP_PASSWORD: &str = "com.atproto.server.revokeAppPassword";
    pub const UPDATE_EMAIL: &str = "com.atproto.server.updateEmail";
}

/// `com.atproto.identity.*`: handles and DIDs.
pub mod identity {
    pub const GET_RECOMMENDED_DID_CREDENTIALS: &str =
        "com.atproto.identity.getRecommendedDidCredentials";
    pub const REFRESH_IDENTITY: &str = "com.atproto.identity.refreshIdentity";
    pub const REQUEST_PLC_OPERATION_SIGNATURE: &str =
        "com.atproto.identity.requestPlcOperationSignature";
    pub const RESOLVE_DID: &str = "com.atproto.identity.resolveDid";
    pub const RESOLVE_HANDLE: &str = "com.atproto.identity.resolveHandle";
    pub const RESOLVE_IDENTITY: &str = "com.atproto.identity.resolveIdentity";
    pub const SIGN_PLC_OPERATION: &str = "com.atproto.identity.signPlcOperation";
    pub const SUBMIT_PLC_OPERATION: &str = "com.atproto.identity.submitPlcOperation";
    pub const UPDATE_HANDLE: &str = "com.atproto.identity.updateHandle";
}

/// What apps keep for an account.
pub mod actor {
    /// A preference that says whether somebody is a child, by what their birthday says.
    pub const DECLARED_AGE: &str = "app.bsky.actor.defs#declaredAgePref";
    pub const GET_PREFERENCES: &str = "app.bsky.actor.getPreferences";
    /// A preference with somebody's birthday.
    pub const PERSONAL_DETAILS: &str = "app.bsky.actor.defs#personalDetailsPref";
    pub const PUT_PREFERENCES: &str = "app.bsky.actor.putPreferences";
}

/// `com.atproto.repo.*`: reading and writing records.
pub mod repo {
    pub const APPLY_WRITES: &str = "com.atproto.repo.applyWrites";
    /// A creation among the writes of `applyWrites`.
    pub const APPLY_WRITES_CREATE: &str = "com.atproto.repo.applyWrites#create";
    pub const CREATE_RECORD: &str = "com.atproto.repo.createRecord";
    pub const DELETE_RECORD: &str = "com.atproto.repo.deleteRecord";
    pub const DESCRIBE_REPO: &str = "com.atproto.repo.describeRepo";
    pub const GET_RECORD: &str = "com.atproto.repo.getRecord";
    pub const IMPORT_REPO: &str = "com.atproto.repo.importRepo";
    pub const LIST_MISSING_BLOBS: &str = "com.atproto.repo.listMissingBlobs";
    pub const LIST_RECORDS: &str = "com.atproto.repo.listRecords";
    pub const PUT_RECORD: &str = "com.atproto.repo.putRecord";
    /// A record in one version.
    pub const STRONG_REF: &str = "com.atproto.repo.strongRef";
    pub const UPLOAD_BLOB: &str = "com.atproto.repo.uploadBlob";
}

/// `com.atproto.sync.*`: whole repositories, proofs, blobs and the event stream.
pub mod sync {
    pub const GET_BLOCKS: &str = "com.atproto.sync.getBlocks";
    pub const GET_BLOB: &str = "com.atproto.sync.getBlob";
    pub const GET_LATEST_COMMIT: &str = "com.atproto.sync.getLatestCommit";
    pub const GET_RECORD: &str = "com.atproto.sync.getRecord";
    pub const GET_REPO: &str = "com.atproto.sync.getRepo";
    pub const GET_REPO_STATUS: &str = "com.atproto.sync.getRepoStatus";
    pub const LIST_BLOBS: &str = "com.atproto.sync.listBlobs";
    pub const LIST_REPOS: &str = "com.atproto.sync.listRepos";
    pub const LIST_REPOS_BY_COLLECTION: &str = "com.atproto.sync.listReposByCollection";
    pub const REQUEST_CRAWL: &str = "com.atproto.sync.requestCrawl";
    pub const SUBSCRIBE_REPOS: &str = "com.atproto.sync.subscribeRepos";
}

/// `com.atproto.admin.*`: what only the operator may do.
pub mod admin {
    pub const DELETE_ACCOUNT: &str = "com.atproto.admin.deleteAccount";
    pub const DISABLE_ACCOUNT_INVITES: &str = "com.atproto.admin.disableAccountInvites";
    pub const DISABLE_INVITE_CODES: &str = "com.atproto.admin.disableInviteCodes";
    pub const ENABLE_ACCOUNT_INVITES: &str = "com.atproto.admin.enableAccountInvites";
    pub const GET_ACCOUNT_INFO: &str = "com.atproto.admin.getAccountInfo";
    pub const GET_ACCOUNT_INFOS: &str = "com.atproto.admin.getAccountInfos";
    pub const GET_INVITE_CODES: &str = "com.atproto.admin.getInviteCodes";
    pub const GET_SUBJECT_STATUS: &str = "com.atproto.admin.getSubjectStatus";
    /// A whole account, as a subject.
    pub const REPO_REF: &str = "com.atproto.admin.defs#repoRef";
    /// A file of an account, as a subject.
    pub const REPO_BLOB_REF: &str = "com.atproto.admin.defs#repoBlobRef";
    pub const SEARCH_ACCOUNTS: &str = "com.atproto.admin.searchAccounts";
    pub const SEND_EMAIL: &str = "com.atproto.admin.sendEmail";
    pub const UPDATE_ACCOUNT_EMAIL: &str = "com.atproto.admin.updateAccountEmail";
    pub const UPDATE_ACCOUNT_HANDLE: &str = "com.atproto.admin.updateAccountHandle";
    pub const UPDATE_ACCOUNT_PASSWORD: &str = "com.atproto.admin.updateAccountPassword";
    pub const UPDATE_SUBJECT_STATUS: &str = "com.atproto.admin.updateSubjectStatus";
}

/// `app.certified.group.*` and `app.certified.groups.*`: repositories that several people look after.
pub mod group {
    pub const ACCEPT_TRANSFER: &str = "app.certified.group.ownershipTransfer.accept";
    pub const ADD_MEMBER: &str = "app.certified.group.member.add";
    pub const CANCEL_TRANSFER: &str = "app.certified.group.ownershipTransfer.cancel";
    pub const CREATE_RECORD: &str = "app.certified.group.repo.createRecord";
    pub const DELETE_RECORD: &str = "app.certified.group.repo.deleteRecord";
    pub const IMPORT: &str = "app.certified.group.import";
    pub const LIST_MEMBERS: &str = "app.certified.group.member.list";
    pub const LIST_MEMBERSHIPS: &str = "app.certified.groups.membership.list";
    pub const PROPOSE_TRANSFER: &str = "app.certified.group.ownershipTransfer.propose";
    pub const PUT_RECORD: &str = "app.certified.group.repo.putRecord";
    pub const QUERY_AUDIT: &str = "app.certified.group.audit.query";
    pub const REGISTER: &str = "app.certified.group.register";
    pub const REMOVE_MEMBER: &str = "app.certified.group.member.remove";
    pub const SET_ROLE: &str = "app.certified.group.role.set";
    pub const TRANSFER_STATUS: &str = "app.certified.group.ownershipTransfer.status";
    pub const UPLOAD_BLOB: &str = "app.certified.group.repo.uploadBlob";

    /// Those that change who looks after a group.
    pub const GOVERNING: [&str; 6] =
        [ACCEPT_TRANSFER, ADD_MEMBER, CANCEL_TRANSFER, PROPOSE_TRANSFER, REMOVE_MEMBER, SET_ROLE];
    /// What the names of all of them begin with.
    pub const PREFIXES: [&str; 2] = ["app.certified.group.", "app.certified.groups."];
    /// The service that answers them, as DID documents and audiences of tokens name it.
    pub const SERVICE: &str = "certified_group_service";
    pub const SERVICE_TYPE: &str = "CertifiedGroupService";
    /// A profile of an account on the public network's best known app.
    pub const BLUESKY_PROFILE: &str = "app.bsky.actor.profile";
}

/// What a refresh token may be used for, as its `scope` says.
pub const REFRESH_SCOPE: &str = "com.atproto.refresh";
