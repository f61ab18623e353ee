"""What happens to workspaces, organisations and channels: they open, close, and are come into and left."""

from typing import Any

from tests.servers.slack.delivery import Delivery, Told
from tests.servers.slack.state import PUBLIC, Channel, Org, Team, User

Json = dict[str, Any]


class Places(Delivery):
    """The side of the test Slack that people run."""

    def team_of(self, user: User) -> Team:
        """Somebody's workspace."""
        return self.teams[user.team]

    # --- coming and going ---------------------------------------------------------------------------------------------

    def user_joins(self, user: User, channel: Channel) -> None:
        """Come into a channel."""
        channel.people.add(user.id)

    def user_leaves(self, user: User, channel: Channel) -> None:
        """Leave a channel."""
        channel.people.discard(user.id)
        where = {"channel": channel.id, "channel_type": "C", "team": user.team}
        self.happened(
            self.team_of(user), {"type": "member_left_channel", "user": user.id, **where, "event_ts": self.ts()}
        )

    def user_deactivated(self, user: User) -> None:
        """Shut an account."""
        user.deleted = True
        self.happened(self.team_of(user), {"type": "user_change", "user": user.to_json(), "event_ts": self.ts()})

    def uninstall(self, team: Team) -> None:
        """Throw the bot out of a workspace."""
        team.installed = False
        self.happened(team, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot]}})
        self.happened(team, {"type": "app_uninstalled"})

    def joins_team(self, team: Team, name: str) -> User:
        """Come into a workspace."""
        user = self.add_user(team, name)
        self.happened(team, {"type": "team_join", "user": user.to_json(), "event_ts": self.ts()})
        return user

    def takes_bot_out(self, channel: Channel) -> None:
        """Take the bot out of a channel."""
        team = self.teams[channel.team]
        channel.people.discard(team.bot)
        where = {"channel": channel.id, "channel_type": "C", "team": team.id}
        self.happened(team, {"type": "member_left_channel", "user": team.bot, **where, "event_ts": self.ts()})

    # --- channels -----------------------------------------------------------------------------------------------------

    def archives(self, user: User, channel: Channel) -> Told:
        """Archive a channel."""
        channel.archived = True
        return self._of_channel(channel, "archive", channel.id, user=user.id)

    def unarchives(self, user: User, channel: Channel) -> Told:
        """Open a channel again that was archived."""
        channel.archived = False
        return self._of_channel(channel, "unarchive", channel.id, user=user.id)

    def deletes_channel(self, channel: Channel) -> Told:
        """Delete a channel, with all that was said in it."""
        del self.channels[channel.id]
        return self._of_channel(channel, "deleted", channel.id)

    def renames(self, channel: Channel, name: str) -> Told:
        """Call a channel otherwise."""
        channel.name = name
        return self._of_channel(channel, "rename", {"id": channel.id, "name": name, "created": 1})

    def _of_channel(self, channel: Channel, what: str, told: object, **more: str) -> Told:
        kind = "channel" if channel.kind == PUBLIC else "group"
        event = {"type": f"{kind}_{what}", "channel": told, **more, "event_ts": self.ts()}
        return self.happened(self.teams[channel.team], event)

    # --- organisations ------------------------------------------------------------------------------------------------

    def org_grants(self, org: Org, *teams: Team) -> Told:
        """Give the bot access to workspaces of an organisation that has installed it."""
        org.teams |= {team.id for team in teams}
        return self.happened_in_org(org, {"type": "team_access_granted", "team_ids": [team.id for team in teams]})

    def org_revokes(self, org: Org, *teams: Team) -> Told:
        """Take workspaces of an organisation away from the bot again."""
        org.teams -= {team.id for team in teams}
        return self.happened_in_org(org, {"type": "team_access_revoked", "team_ids": [team.id for team in teams]})

    def org_uninstalls(self, org: Org) -> Told:
        """Throw the bot out of a whole organisation."""
        org.installed = False
        return self.happened_in_org(org, {"type": "app_uninstalled"})
