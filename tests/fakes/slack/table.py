"""What each method of the Web API takes, needs and may answer: written by hand from Slack's reference.

`compare` holds it against a mirror of that reference where one is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

A_MINUTE: dict[int, int] = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
"""Calls a minute of each tier; 5 stands for Slack's "special" (some hundreds)."""


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


ANY_METHOD = words(
    "not_authed invalid_auth account_inactive token_revoked token_expired missing_scope not_allowed_token_type "
    "no_permission ekm_access_denied team_access_not_granted method_deprecated deprecated_endpoint invalid_arg_name "
    "invalid_arguments missing_argument invalid_array_arg invalid_charset invalid_form_data invalid_post_type "
    "missing_post_type invalid_json json_not_object team_added_to_org ratelimited rate_limited request_timeout "
    "service_unavailable fatal_error internal_error access_denied two_factor_setup_required org_login_required "
    "accesslimited team_not_found user_is_restricted user_is_ultra_restricted"
)
"""Errors that any method may answer."""


@dataclass(frozen=True)
class Method:
    """One method.

    Attributes:
        needs: arguments without which it is refused.
        takes: further arguments.
        scope: what the token must hold; `{kind}` stands for `channels`, `groups`, `im` or `mpim`, by the channel that
            is asked about.
        tier: see `A_MINUTE`.
        errors: the errors it documents beside `ANY_METHOD`.
        json: whether it takes a JSON body.
        token: the kind of token it takes; None for none.
    """

    needs: frozenset[str]
    takes: frozenset[str]
    scope: str | None
    tier: int
    errors: frozenset[str]
    json: bool = True
    token: Literal["bot", "app"] | None = "bot"

    @property
    def known(self) -> frozenset[str]:
        """All arguments; every method takes a token, and Bolt's client adds the workspace to each call."""
        return self.needs | self.takes | {"token", "team_id"}


def _method(
    needs: str, takes: str, scope: str | None, tier: int, errors: str, json: bool = True, token: str | None = "bot"
) -> Method:
    kind: Literal["bot", "app"] | None = None if token is None else "app" if token == "app" else "bot"
    return Method(words(needs), words(takes), scope, tier, words(errors), json, kind)


_LOOKS = "icon_emoji icon_url username"
_SAYS = f"as_user attachments blocks link_names markdown_text metadata parse text {_LOOKS}"
_POSTS = (
    "app_access_restricted as_user_not_supported channel_not_found draft_already_deleted draft_already_sent "
    "draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found invalid_blocks "
    "invalid_blocks_format invalid_metadata_format invalid_metadata_schema is_archived markdown_text_conflict "
    "message_limit_exceeded messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large "
    "msg_blocks_too_long msg_too_long no_text not_in_channel restricted_action "
    "restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked "
    "restricted_action_thread_only_channel send_on_behalf_not_allowed slack_connect_canvas_sharing_blocked "
    "slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked too_many_attachments "
    "too_many_contact_cards cannot_reply_to_message missing_file_data attachment_payload_limit_exceeded"
)
_UPDATES = (
    "as_user_not_supported blocked_file_type block_mismatch cant_broadcast_message cant_update_message "
    "channel_not_found edit_window_closed external_channel_migrating file_deleted file_is_deleted file_not_found "
    "file_share_limit_reached invalid_attachments invalid_blocks invalid_blocks_format invalid_metadata_format "
    "invalid_metadata_schema is_inactive markdown_text_conflict max_file_sharing_exceeded message_limit_exceeded "
    "message_not_found metadata_must_be_sent_from_app metadata_too_large msg_too_long msg_blocks_too_long "
    "no_dual_broadcast_content_update no_text posting_to_channel_denied slack_connect_blocked_file_type "
    "slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked "
    "slack_connect_file_upload_sharing_blocked streaming_state_conflict too_many_attachments unable_to_share_files "
    "update_failed"
)
_WHISPERS = (
    "channel_not_found invalid_blocks invalid_blocks_format is_archived markdown_text_conflict "
    "message_limit_exceeded messages_tab_disabled msg_too_long msg_blocks_too_long no_text restricted_action "
    "too_many_attachments user_not_in_channel not_in_channel invalid_attachments cannot_reply_to_message"
)
_REACTS = (
    "bad_timestamp channel_not_found external_channel_migrating invalid_name message_not_found no_item_specified "
    "no_access thread_locked"
)
_PAGES = "channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest"
_PART = "cursor include_all_metadata inclusive latest limit oldest"
_TRIGGERS = "duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id view_too_large"
_SESSION = "feature_disabled channel_not_found not_authorized thread_ts_required thread_ts_not_allowed"

METHODS: dict[str, Method] = {
    "auth.test": _method("", "", None, 5, ""),
    "auth.revoke": _method("", "test", None, 3, "not_bearer_token", json=False),
    "apps.connections.open": _method(
        "", "", "connections:write", 3, "forbidden_team insecure_request missing_args", token="app"
    ),
    "chat.postMessage": _method(
        "channel",
        f"{_SAYS} mrkdwn reply_broadcast thread_ts unfurl_links unfurl_media current_draft_last_updated_ts",
        "chat:write",
        5,
        _POSTS,
    ),
    "chat.update": _method(
        "channel ts",
        "as_user attachments blocks markdown_text metadata link_names parse text reply_broadcast file_ids "
        "unfurled_attachments",
        "chat:write",
        3,
        _UPDATES,
    ),
    "chat.postEphemeral": _method("channel user", f"{_SAYS} thread_ts", "chat:write", 4, _WHISPERS),
    "chat.delete": _method(
        "channel ts", "as_user", "chat:write", 3, "cant_delete_message channel_not_found message_not_found"
    ),
    "chat.getPermalink": _method("channel message_ts", "", None, 5, "channel_not_found message_not_found", json=False),
    "conversations.replies": _method(
        "channel ts",
        _PART,
        "{kind}:history",
        3,
        f"{_PAGES} thread_not_found method_not_supported_for_channel_type list_record_comment_fetch_failed",
        json=False,
    ),
    "conversations.history": _method(
        "channel", _PART, "{kind}:history", 3, f"{_PAGES} channel_is_limited_access not_in_channel"
    ),
    "conversations.info": _method(
        "channel",
        "include_locale include_num_members",
        "{kind}:read",
        3,
        "channel_is_limited_access channel_not_found",
        json=False,
    ),
    "conversations.open": _method(
        "",
        "channel return_im users prevent_creation",
        "im:write",
        3,
        "channel_not_found invalid_user_combination method_not_supported_for_channel_type not_enough_users "
        "too_many_users user_disabled user_not_found user_not_visible users_list_not_supplied",
    ),
    "conversations.members": _method(
        "channel",
        "cursor limit",
        "{kind}:read",
        4,
        "channel_not_found fetch_members_failed invalid_cursor invalid_limit method_not_supported_for_channel_type",
        json=False,
    ),
    "users.info": _method(
        "user", "include_locale", "users:read", 4, "too_many_users user_not_found user_not_visible", json=False
    ),
    "bots.info": _method("", "bot", "users:read", 3, "bot_not_found bots_not_found", json=False),
    "reactions.add": _method(
        "channel name timestamp",
        "",
        "reactions:write",
        3,
        f"{_REACTS} already_reacted is_archived not_reactable too_many_emoji too_many_reactions",
    ),
    "reactions.remove": _method(
        "name",
        "channel timestamp file file_comment",
        "reactions:write",
        2,
        f"{_REACTS} file_not_found file_comment_not_found no_reaction",
    ),
    "files.getUploadURLExternal": _method(
        "length filename",
        "snippet_type alt_txt",
        "files:write",
        4,
        "alt_txt_too_large file_upload_size_restricted file_uploads_disabled snippet_too_large "
        "storage_limit_reached unknown_snippet_type unknown_subtype file_type_not_allowed "
        "file_uploads_except_images_disabled",
        json=False,
    ),
    "files.completeUploadExternal": _method(
        "files",
        f"channel_id thread_ts channels initial_comment blocks {_LOOKS}",
        "files:write",
        4,
        "channel_not_found file_not_found file_update_failed invalid_blocks invalid_channel not_in_channel "
        "posting_to_channel_denied channels_limit_exceeded file_type_not_allowed file_uploads_except_images_disabled",
    ),
    "files.info": _method(
        "file",
        "count cursor limit page",
        "files:read",
        4,
        "file_deleted file_not_found canvas_globally_disabled canvas_disabled_user_team canvas_disabled_file_team "
        "not_visible template_not_visible slack_connect_canvas_sharing_blocked",
        json=False,
    ),
    "files.delete": _method(
        "file",
        "",
        "files:write",
        3,
        "cant_delete_file delete_not_allowed file_deleted file_deleting_disabled file_not_found",
    ),
    "views.open": _method("view", "trigger_id interactivity_pointer", None, 4, _TRIGGERS),
    "views.push": _method(
        "view", "trigger_id interactivity_pointer", None, 4, f"{_TRIGGERS} not_found push_limit_reached"
    ),
    "views.update": _method(
        "view", "view_id external_id hash", None, 4, "duplicate_external_id hash_conflict not_found view_too_large"
    ),
    "views.publish": _method(
        "user_id view",
        "hash interactivity_pointer",
        None,
        4,
        "duplicate_external_id hash_conflict missing_profile_id not_enabled not_implemented view_too_large",
    ),
    "agents.sessions.setStatus": _method(
        "channel_id status",
        f"thread_ts title initiator_user_id {_LOOKS}",
        "chat:write",
        3,
        f"{_SESSION} user_not_found invalid_status",
    ),
    "agents.sessions.rename": _method(
        "channel_id title",
        "thread_ts",
        "chat:write",
        3,
        f"{_SESSION} session_not_found invalid_name name_taken is_archived",
    ),
    "assistant.threads.setSuggestedPrompts": _method(
        "channel_id prompts",
        "thread_ts title",
        "assistant:write",
        4,
        "invalid_thread_ts channel_not_found message_not_found not_agent_app",
    ),
    "assistant.threads.setStatus": _method(
        "channel_id thread_ts status",
        f"loading_messages {_LOOKS}",
        "chat:write",
        5,
        "channel_not_found invalid_thread_ts reserved_username",
    ),
    "oauth.v2.access": _method(
        "",
        "client_id client_secret code code_verifier redirect_uri grant_type refresh_token assertion",
        None,
        5,
        "bad_client_secret bad_redirect_uri cannot_install_an_org_installed_app invalid_client_id invalid_code "
        "invalid_grant_type invalid_refresh_token no_scopes oauth_authorization_url_mismatch "
        "preview_feature_not_available user_email_unverified pkce_not_allowed invalid_code_verifier",
        json=False,
        token=None,
    ),
}
"""Method -> what it takes, needs and may answer."""
