-- The whole schema. A later change is a new file beside this one with the next number. It is
-- applied once to each database, in one transaction with the row in `migrations` that records it.
--
-- Conventions: times are Unix seconds in UTC. Ids of servers (guilds), channels, users, roles and
-- messages are Discord's, team ids are Kaggle's, all other ids are this database's own. Every table
-- and column has a comment, above it or at the end of its line, from which `make format` writes
-- docs/database.md.


-- 1. The database itself

-- The migrations that were applied to this database.
CREATE TABLE migrations (
    number     INTEGER PRIMARY KEY,     -- The number with which the file's name begins.
    name       TEXT NOT NULL,           -- The file's name without its ending.
    applied_at INTEGER NOT NULL,        -- When it was applied.
    -- SHA-256 of its statements, without comments and line ends: a database of an edited file is
    -- refused.
    checksum   TEXT NOT NULL
) STRICT;

-- Single values, such as when a backup was restored.
CREATE TABLE key_values (
    key   TEXT PRIMARY KEY,             -- The name of the value.
    value TEXT NOT NULL                 -- The value.
) STRICT;


-- 2. Competitions and their current boards

-- Kaggle competitions, each shared by all servers that follow it.
CREATE TABLE competitions (
    id           INTEGER PRIMARY KEY,   -- The competition's number here.
    slug         TEXT NOT NULL UNIQUE,  -- Its name in Kaggle's URLs.
    category     TEXT,                  -- As in Kaggle's list of competitions; NULL: not known.
    deadline     INTEGER,               -- The final deadline in Kaggle's list; NULL: not known.
    reward       TEXT,                  -- The prize in Kaggle's list; NULL: not known.
    synced_at    INTEGER,               -- The last good sync, whether or not anything had changed.
    failures     INTEGER NOT NULL DEFAULT 0, -- Failed syncs since the last good one.
    error        TEXT,                  -- Why the last sync failed; NULL after a good one.
    error_at     INTEGER,               -- When the last sync failed; NULL after a good one.
    next_sync_at INTEGER NOT NULL DEFAULT 0, -- When the next sync is due.
    anomaly      TEXT,                  -- Why the last board is held; NULL: it is not.
    -- When to look it up in Kaggle's list again; 0: not yet looked up, or not since a restore.
    info_due_at  INTEGER NOT NULL DEFAULT 0,
    -- The deadline that has passed: Kaggle's, or else the latest that following servers gave; if
    -- none is known, when the private board was found. NULL: the competition is running.
    -- From then on `next_sync_at` is when to look for the private board.
    ended_at     INTEGER,
    archived_at  INTEGER,               -- When the private board was stored or given up; else NULL.
    -- When to look at the final board again; NULL: not archived, or nothing more is awaited.
    recheck_at   INTEGER,
    title        TEXT,                  -- As in Kaggle's list; NULL: not known.
    merger_deadline INTEGER,            -- The last moment to merge teams; NULL: not known.
    entry_deadline INTEGER,             -- The last moment to accept the rules; NULL: not known.
    -- Whether it awards points and medals; NULL: not known.
    awards_points INTEGER CHECK (awards_points IN (0, 1)),
    metric       TEXT,                  -- How submissions are scored; NULL: not known.
    daily_submissions INTEGER,          -- The most submissions of a team in a day; NULL: not known.
    team_size    INTEGER,               -- The most members of a team; NULL: not known.
    host         TEXT,                  -- Who hosts it; NULL: not known.
    -- If the last sync failed: the slug under which Kaggle probably has it now; NULL: none found.
    renamed_to   TEXT,
    -- The slug before the first rename, by which calendars know its deadlines; NULL: never renamed.
    first_slug   TEXT
) STRICT;
CREATE INDEX competitions_due ON competitions (next_sync_at);
CREATE INDEX competitions_to_recheck ON competitions (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX competitions_by_deadline ON competitions (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX competitions_by_merger_deadline ON competitions (merger_deadline)
    WHERE merger_deadline IS NOT NULL;
CREATE INDEX competitions_by_entry_deadline ON competitions (entry_deadline)
    WHERE entry_deadline IS NOT NULL;
CREATE INDEX competitions_without_deadline ON competitions (ended_at) WHERE deadline IS NULL;

-- Competitions that no server follows any more, or that were read for a server which does not follow
-- them yet. After some days they are deleted, unless they are followed or belong to a season.
CREATE TABLE unfollowed_competitions (
    -- The competition.
    competition_id INTEGER PRIMARY KEY REFERENCES competitions (id) ON DELETE CASCADE,
    since          INTEGER NOT NULL     -- When the last server unfollowed it, or it was read.
) STRICT;
CREATE INDEX unfollowed_competitions_by_time ON unfollowed_competitions (since);

-- Competitions whose end may have been announced between a backup and its restore: it is not
-- announced again. Where no deadline is known, a submission since the restore deletes the row, as it
-- shows that the competition had not ended. A row does not count while the deadline, Kaggle's
-- or else the latest that following servers gave, is after the restore.
CREATE TABLE ends_without_announcement (
    -- The competition.
    competition_id INTEGER PRIMARY KEY REFERENCES competitions (id) ON DELETE CASCADE
) STRICT;

-- How many more teams came in on the last day of archived competitions, where their logs show it.
-- Forecasts of ranks before other deadlines use it.
CREATE TABLE rushes (
    -- The competition.
    competition_id INTEGER PRIMARY KEY REFERENCES competitions (id) ON DELETE CASCADE,
    -- For each six hours of the last day before the deadline, how many times more teams an hour came
    -- in than on the two days before that day: a JSON array.
    factors        TEXT NOT NULL
) STRICT;

-- The current boards: of each competition the public one, and after its end the private one.
CREATE TABLE boards (
    id                 INTEGER PRIMARY KEY, -- The board's number here.
    -- The competition.
    competition_id     INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    kind               TEXT NOT NULL CHECK (kind IN ('public', 'private')), -- Which board it is.
    -- Which score is better; NULL: the board does not show it.
    score_order        TEXT CHECK (score_order IN ('higher', 'lower')),
    -- 1: Kaggle's file had no ranks: they follow from its order, or from scores and dates.
    ranks_derived      INTEGER NOT NULL CHECK (ranks_derived IN (0, 1)),
    -- The time of Kaggle's file; of a private board, or a file without a time, that of the sync.
    taken_at           INTEGER NOT NULL,
    stored_at          INTEGER NOT NULL, -- When this board was stored.
    checksum           BLOB NOT NULL,   -- SHA-256 of the file, by which an unchanged one is known.
    team_count         INTEGER NOT NULL, -- Teams on the board, without benchmarks.
    -- The share of scores that change between two boards without a submission: near 0 unless it is a
    -- simulation. A decaying maximum: each board that changes takes the greater of the new share
    -- and 0.9 of the stored one, a corrected board only the latter; NULL: only one board.
    score_drift        REAL,
    -- The share of scores that corrections of the metric have changed lately: each corrected board
    -- adds its share, each other board that changes multiplies the sum by 0.9.
    corrected_share    REAL NOT NULL DEFAULT 0,
    -- The time of the last board that Kaggle had scored anew, if only in part; NULL: none.
    rescored_at        INTEGER,
    held_checksum      BLOB,            -- SHA-256 of the last file that was held, if any.
    -- Syncs up to this time are concatenated, one log segment a day.
    concatenated_until INTEGER NOT NULL DEFAULT 0,
    -- Syncs up to this time are thinned to the last of each hour.
    hourly_until       INTEGER NOT NULL DEFAULT 0,
    -- Syncs up to this time are thinned to the last of each day.
    daily_until        INTEGER NOT NULL DEFAULT 0,
    UNIQUE (competition_id, kind)
) STRICT;

-- The teams of the current boards, without their ranks: one new team shifts every rank below it,
-- and a sync writes only the rows that differ.
CREATE TABLE teams (
    board_id           INTEGER NOT NULL, -- The board.
    team_id            INTEGER NOT NULL, -- Kaggle's TeamId.
    team_name          TEXT NOT NULL,   -- The team's name.
    score              REAL NOT NULL,   -- The score as a number.
    score_text         TEXT NOT NULL,   -- The score as Kaggle wrote it.
    submissions        INTEGER,         -- Submissions made; NULL: the file does not tell.
    last_submission_at INTEGER,         -- The last submission; NULL: the file does not tell.
    members            TEXT NOT NULL,   -- Kaggle user names in Kaggle's order: a,b,c.
    PRIMARY KEY (board_id, team_id)
) STRICT, WITHOUT ROWID;

-- The ranks of the teams on the current boards, as Kaggle shows them. To find a team by its rank,
-- `encoded_columns` is read: an index on the rank would double what a sync writes.
CREATE TABLE ranks (
    board_id INTEGER NOT NULL,          -- The board.
    team_id  INTEGER NOT NULL,          -- The team.
    rank     INTEGER NOT NULL,          -- Starts at 1; may have gaps; no duplicates.
    PRIMARY KEY (board_id, team_id)
) STRICT, WITHOUT ROWID;

-- The columns of each current board once more, in the order of ranks: a page of the board is found
-- in them, and the next sync compares its board with them. To read 15,000 rows of teams and ranks
-- takes half as long as all else in a sync.
CREATE TABLE encoded_columns (
    -- The board.
    board_id    INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,          -- The column's name: that in teams, or rank.
    -- Its values, best rank first: numbers of eight bytes, least significant first, or a JSON
    -- array of texts.
    data        BLOB NOT NULL,
    PRIMARY KEY (board_id, name)
) STRICT;

-- The users of each team, to find a team by one of its members.
CREATE TABLE members (
    board_id  INTEGER NOT NULL,         -- The board.
    user_name TEXT NOT NULL COLLATE NOCASE, -- The Kaggle user name.
    team_id   INTEGER NOT NULL,         -- The team.
    PRIMARY KEY (board_id, user_name, team_id)
) STRICT, WITHOUT ROWID;

-- Entries of hosts on the current boards. They have a position, but no rank.
CREATE TABLE benchmarks (
    -- The board.
    board_id           INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    position           INTEGER NOT NULL, -- Among the benchmarks, from 0, best first.
    teams_above        INTEGER NOT NULL, -- How many teams stand above it.
    team_id            INTEGER NOT NULL, -- Kaggle's TeamId.
    team_name          TEXT NOT NULL,   -- Its name.
    score              REAL NOT NULL,   -- The score as a number.
    score_text         TEXT NOT NULL,   -- The score as Kaggle wrote it.
    submissions        INTEGER,         -- Submissions made; NULL: the file does not tell.
    last_submission_at INTEGER,         -- The last submission; NULL: the file does not tell.
    members            TEXT NOT NULL,   -- Kaggle user names in Kaggle's order: a,b,c.
    PRIMARY KEY (board_id, position)
) STRICT, WITHOUT ROWID;

-- The current boards as Kaggle shows them: one row for each team, with its rank.
CREATE VIEW board_rows AS
    SELECT board_id, rank, team_id, team_name, score, score_text, submissions, last_submission_at,
        members
    FROM ranks JOIN teams USING (board_id, team_id);

-- Instead of foreign keys, which would be checked for each of a hundred thousand rows.
CREATE TRIGGER boards_deleted AFTER DELETE ON boards BEGIN
    DELETE FROM teams WHERE board_id = old.id;
    DELETE FROM ranks WHERE board_id = old.id;
    DELETE FROM members WHERE board_id = old.id;
END;


-- 3. The history of the boards, encoded by leaderboards/history

-- The log of each board: what changed from sync to sync. A row holds one sync, later a whole day.
CREATE TABLE log_segments (
    id          INTEGER PRIMARY KEY,    -- The segment's number here.
    -- The board.
    board_id    INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    taken_at    INTEGER NOT NULL,       -- The time of the first sync in it.
    team_count  INTEGER NOT NULL,       -- Teams on the board after its last sync.
    moves       BLOB NOT NULL,          -- Positions left and taken: all that ranks follow from.
    row_changes BLOB NOT NULL,          -- Scores, names, submissions and members that changed.
    UNIQUE (board_id, taken_at)
) STRICT;

-- Whole boards at certain syncs, from which past boards are rebuilt with the log.
CREATE TABLE keyframes (
    -- The board.
    board_id INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    taken_at INTEGER NOT NULL,          -- The time of the sync that brought it.
    board    BLOB NOT NULL,             -- The board as it was then.
    PRIMARY KEY (board_id, taken_at)
) STRICT;

-- Teams that left a board and that another team continues: they merged into it, Kaggle gave them a
-- new id, or their members came back in it. A team that comes back itself has no row any more.
CREATE TABLE continuations (
    -- The board.
    board_id     INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    team_id      INTEGER NOT NULL,      -- The team that left.
    team_name    TEXT NOT NULL,         -- Its last name.
    into_team_id INTEGER NOT NULL,      -- The team that continues it.
    taken_at     INTEGER NOT NULL,      -- The time of the first board on which that one does.
    -- 1: the other team took over its place, and goes on from its history.
    place_taken_over INTEGER NOT NULL CHECK (place_taken_over IN (0, 1)),
    PRIMARY KEY (board_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX continuations_by_successor ON continuations (board_id, into_team_id);

-- Users who left a board, with the team that they were in last. The row is deleted when the user
-- returns, or after 90 days.
CREATE TABLE former_members (
    -- The board.
    board_id  INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    user_name TEXT NOT NULL COLLATE NOCASE, -- The Kaggle user name.
    team_id   INTEGER NOT NULL,         -- The team.
    team_name TEXT NOT NULL,            -- Its name then.
    rank      INTEGER NOT NULL,         -- Its rank then.
    seen_at   INTEGER NOT NULL,         -- The time of the last board with the user.
    left_at   INTEGER NOT NULL,         -- The time of the first board without the user.
    PRIMARY KEY (board_id, user_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_members_by_time ON former_members (left_at);

-- Users who came into a team of others, or left one for another, within the 30 days before the last
-- change of the board: for digests.
CREATE TABLE joined_members (
    -- The board.
    board_id  INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    user_name TEXT NOT NULL COLLATE NOCASE, -- The Kaggle user name.
    joined_at INTEGER NOT NULL,         -- The time of the first board with the user in that team.
    PRIMARY KEY (board_id, user_name)
) STRICT, WITHOUT ROWID;


-- 4. Discord servers and what they have set

-- The settings of each Discord server in which the bot is or was. Their defaults are those of
-- `GuildSettings` in records/guilds.py.
CREATE TABLE guilds (
    guild_id          INTEGER PRIMARY KEY, -- The server.
    -- 1: announcements are on.
    announce          INTEGER NOT NULL CHECK (announce IN (0, 1)),
    -- Where to announce unless `follows` names another channel; NULL: nowhere.
    channel_id        INTEGER,
    -- Announce a rise of at least this many places; 0: each.
    smallest_rise     INTEGER NOT NULL CHECK (smallest_rise >= 0),
    -- Announce a fall of at least this many places, if the rank also grew by a tenth more than the board.
    smallest_fall     INTEGER NOT NULL CHECK (smallest_fall >= 1),
    -- 1: announcements ping those members who want it.
    mention           INTEGER NOT NULL CHECK (mention IN (0, 1)),
    left_at           INTEGER,          -- When the bot was removed; NULL: it is there.
    -- The server's time zone by its name in the tz database.
    time_zone         TEXT NOT NULL,
    -- The hour at which quiet hours begin; NULL: there are none.
    quiet_from        INTEGER CHECK (quiet_from BETWEEN 0 AND 23),
    -- The hour at which quiet hours end; NULL: there are none.
    quiet_to          INTEGER CHECK (quiet_to BETWEEN 0 AND 23),
    -- The hour of digests.
    digest_hour       INTEGER NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    -- 1: a digest each day.
    daily_digest      INTEGER NOT NULL CHECK (daily_digest IN (0, 1)),
    -- The day of the weekly digest, 0 being Monday; NULL: none.
    weekly_digest_day INTEGER CHECK (weekly_digest_day BETWEEN 0 AND 6),
    -- 1: remind seven days before a deadline.
    remind_week       INTEGER NOT NULL CHECK (remind_week IN (0, 1)),
    -- 1: remind a day before a deadline.
    remind_day        INTEGER NOT NULL CHECK (remind_day IN (0, 1)),
    -- 1: remind an hour before a deadline.
    remind_hour       INTEGER NOT NULL CHECK (remind_hour IN (0, 1)),
    -- 1: only verified links count.
    require_verified  INTEGER NOT NULL CHECK (require_verified IN (0, 1)),
    -- 1: deadlines are Scheduled Events of the server.
    scheduled_events  INTEGER NOT NULL CHECK (scheduled_events IN (0, 1)),
    -- 1: a replay follows the announcement that a competition has ended.
    replay_at_end     INTEGER NOT NULL CHECK (replay_at_end IN (0, 1))
) STRICT;
CREATE INDEX guilds_left ON guilds (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX guilds_with_digests ON guilds (guild_id)
    WHERE daily_digest OR weekly_digest_day IS NOT NULL;
CREATE INDEX guilds_with_events ON guilds (guild_id) WHERE scheduled_events;

-- What is announced in a channel; without a row everything is, and nothing is published.
CREATE TABLE channels (
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,        -- The channel.
    -- Which news it gets: all, only big ones, or only digests.
    mode       TEXT NOT NULL DEFAULT 'everything'
        CHECK (mode IN ('everything', 'big', 'digest')),
    -- 1: what is announced there is published to the channels that follow it, if it is an
    -- announcement channel.
    publish    INTEGER NOT NULL DEFAULT 0 CHECK (publish IN (0, 1)),
    PRIMARY KEY (guild_id, channel_id)
) STRICT, WITHOUT ROWID;

-- The competitions that each server follows.
CREATE TABLE follows (
    -- The server.
    guild_id            INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    -- The competition.
    competition_id      INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    channel_id          INTEGER,        -- Where to announce it; NULL: in the server's own channel.
    -- The server's own name for it; NULL: Kaggle's title.
    name                TEXT CHECK (length(name) BETWEEN 1 AND 40),
    -- 1: neither synced nor announced for this server.
    paused              INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    followed_by         INTEGER NOT NULL, -- The member who added it; 0: somebody who was forgotten.
    followed_at         INTEGER NOT NULL, -- When it was added.
    leader_team_id      INTEGER,        -- The first team as last announced; NULL: not known.
    leader_announced_at INTEGER,        -- When a new first team was last announced; NULL: never.
    -- 1: the next sync announces nothing, since the stored board is old.
    skip_next_news      INTEGER NOT NULL DEFAULT 0 CHECK (skip_next_news IN (0, 1)),
    -- 1: it was announced that it is followed; 0: there was no channel for that yet.
    introduced          INTEGER NOT NULL DEFAULT 0 CHECK (introduced IN (0, 1)),
    PRIMARY KEY (guild_id, competition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_by_competition ON follows (competition_id);

-- The thread, or the forum post, that the bot opens for a competition of a server.
CREATE TABLE competition_threads (
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    parent_id      INTEGER NOT NULL,    -- The text channel or forum in which it is opened.
    -- The row of the outbox with its first message, whose id becomes that of the thread.
    outbox_id      INTEGER NOT NULL,
    thread_id      INTEGER,             -- The thread; NULL: not opened yet.
    pinned_id      INTEGER,             -- The message of the live board that is pinned; NULL: none.
    -- 1: it was closed after the end of the competition.
    closed         INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    -- Why the last attempt to open, pin or close it failed; NULL: it did not.
    error          TEXT,
    PRIMARY KEY (guild_id, competition_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX competition_threads_by_competition ON competition_threads (competition_id);

-- Threads that their competition has left, until their last message is sent and they are closed.
CREATE TABLE former_threads (
    -- The server.
    guild_id  INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    thread_id INTEGER NOT NULL,         -- The thread.
    outbox_id INTEGER NOT NULL,         -- The row of the outbox with its last message.
    error     TEXT,                     -- Why the last attempt to close it failed; NULL: it did not.
    PRIMARY KEY (guild_id, thread_id)
) STRICT, WITHOUT ROWID;

-- The follows that are synced and announced: not paused, and the bot is in the server.
CREATE VIEW active_follows AS
    SELECT follows.* FROM follows JOIN guilds USING (guild_id)
    WHERE NOT follows.paused AND guilds.left_at IS NULL;

-- Where each follow is announced: in its own channel, or else in the server's.
CREATE VIEW follow_channels AS
    SELECT follows.guild_id, follows.competition_id,
        follows.name,                   -- The server's own name for the competition; NULL: none.
        coalesce(follows.channel_id, guilds.channel_id) AS channel_id, -- The channel; NULL: none.
        coalesce(channels.mode, 'everything') AS mode, -- Which news the channel gets.
        guilds.announce                 -- 1: announcements are on.
    FROM follows JOIN guilds USING (guild_id)
    LEFT JOIN channels ON channels.guild_id = follows.guild_id
        AND channels.channel_id = coalesce(follows.channel_id, guilds.channel_id);

-- Competitions that a server has grouped, to rank its members over all of them.
CREATE TABLE seasons (
    id         INTEGER PRIMARY KEY,     -- The season's number here.
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    name       TEXT NOT NULL COLLATE NOCASE, -- Its name, unique in the server whatever the case.
    -- How members are ranked: by points, or by mean share of teams behind.
    rule       TEXT NOT NULL CHECK (rule IN ('points', 'mean_share_behind')),
    created_at INTEGER NOT NULL,        -- When it was created.
    UNIQUE (guild_id, name)
) STRICT;

-- The competitions of each season, whether or not the server still follows them.
CREATE TABLE season_competitions (
    -- The season.
    season_id      INTEGER NOT NULL REFERENCES seasons (id) ON DELETE CASCADE,
    -- The competition.
    competition_id INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    PRIMARY KEY (season_id, competition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX season_competitions_by_competition ON season_competitions (competition_id);

-- The role that a server gives for each criterion; none without a row.
CREATE TABLE criterion_roles (
    -- The server.
    guild_id  INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    -- What a member must have reached.
    criterion TEXT NOT NULL
        CHECK (criterion IN ('gold', 'silver', 'bronze', 'top1', 'top10', 'first')),
    role_id   INTEGER NOT NULL,         -- The role.
    PRIMARY KEY (guild_id, criterion)
) STRICT, WITHOUT ROWID;

-- The roles that the bot gave to members; it takes away no others.
CREATE TABLE role_grants (
    -- The server.
    guild_id     INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id      INTEGER NOT NULL,      -- The member.
    role_id      INTEGER NOT NULL,      -- The role.
    -- giving: perhaps not given yet; given: by the bot; manual: given or taken by somebody else,
    -- so not to be changed; away: the member has left the server.
    state        TEXT NOT NULL CHECK (state IN ('giving', 'given', 'manual', 'away')),
    confirmed_at INTEGER NOT NULL,      -- When the state was last confirmed.
    PRIMARY KEY (guild_id, user_id, role_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_grants_by_user ON role_grants (user_id);


-- 5. Members

-- Which Kaggle user a member of a server is.
CREATE TABLE links (
    -- The server.
    guild_id     INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id      INTEGER NOT NULL,      -- The member.
    user_name    TEXT NOT NULL COLLATE NOCASE, -- The Kaggle user name.
    -- 1: the member wants to be pinged.
    mention      INTEGER NOT NULL DEFAULT 0 CHECK (mention IN (0, 1)),
    linked_by    INTEGER NOT NULL,      -- Who made the link; 0: somebody who was forgotten.
    linked_at    INTEGER NOT NULL,      -- When it was made.
    -- How the member verified it; NULL: they only say so.
    verification TEXT CHECK (verification IN ('team', 'notebook')),
    verified_at  INTEGER,               -- When they did; NULL: not verified.
    PRIMARY KEY (guild_id, user_id),
    UNIQUE (guild_id, user_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_user ON links (user_id);

-- The links that count in a server: all, or only verified ones where it wants that.
CREATE VIEW counted_links AS
    SELECT links.* FROM links JOIN guilds USING (guild_id)
    WHERE links.verification IS NOT NULL OR NOT guilds.require_verified;

-- Codes that members put on Kaggle to verify their link: at most one for each member of a server.
CREATE TABLE verification_codes (
    -- The server.
    guild_id             INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id              INTEGER NOT NULL, -- The member.
    user_name            TEXT NOT NULL COLLATE NOCASE, -- The Kaggle user name to verify.
    code                 TEXT NOT NULL, -- The code.
    issued_at            INTEGER NOT NULL, -- When it was issued; it expires after a day.
    notebooks_checked_at INTEGER NOT NULL, -- When the user's notebooks were last searched for it.
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

-- What a member is told privately, until it is sent or shown.
CREATE TABLE direct_messages (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- The message's number here.
    -- The server.
    guild_id       INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id        INTEGER NOT NULL,    -- The member.
    message        TEXT NOT NULL,       -- JSON of a class in records/direct_messages.py.
    created_at     INTEGER NOT NULL,    -- When it was written or last added to.
    -- 1: the member takes no direct messages; show it with their next command.
    show_in_server INTEGER NOT NULL DEFAULT 0 CHECK (show_in_server IN (0, 1)),
    -- 1: an attempt to send it was begun, so that it may have arrived.
    attempted      INTEGER NOT NULL DEFAULT 0 CHECK (attempted IN (0, 1)),
    -- 1: what else the member is told is added to it, until it is sent at the end of a round of syncs,
    -- or shown.
    is_open        INTEGER NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1))
) STRICT;
CREATE INDEX direct_messages_by_member ON direct_messages (guild_id, user_id);

-- Members who look for team mates in a competition. The row is deleted with the member's link, and
-- once teams cannot merge any more, the member has left the board or the server, or the team is full.
CREATE TABLE teammate_searches (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- The search's number here.
    guild_id       INTEGER NOT NULL,    -- The server.
    user_id        INTEGER NOT NULL,    -- The member.
    competition_id INTEGER NOT NULL,    -- The competition.
    sentence       TEXT NOT NULL,       -- What the member says.
    languages      TEXT NOT NULL,       -- What the member speaks, as it was typed; may be empty.
    time_zone      TEXT,                -- By its name in the tz database; NULL: not told.
    -- 1: others see the search and can send a note.
    takes_notes    INTEGER NOT NULL DEFAULT 1 CHECK (takes_notes IN (0, 1)),
    created_at     INTEGER NOT NULL,    -- When it began.
    UNIQUE (guild_id, competition_id, user_id),
    FOREIGN KEY (guild_id, user_id) REFERENCES links (guild_id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX teammate_searches_by_member ON teammate_searches (guild_id, user_id);

-- Notes from one member who looks for team mates to another, at most one for two members of a server
-- in a competition. They stay after a search has ended, so that who was declined cannot ask again; those
-- that were declined or reported stay also if their sender is forgotten.
CREATE TABLE teammate_notes (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- The note's number here.
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    sender_id      INTEGER NOT NULL,    -- The member who sent it.
    recipient_id   INTEGER NOT NULL,    -- The member who got it.
    sentence       TEXT NOT NULL,       -- The sender's sentence then; empty once it is declined.
    -- open, agreed: both know each other, declined, or reported: declined, and for managers to see.
    state          TEXT NOT NULL CHECK (state IN ('open', 'agreed', 'declined', 'reported')),
    sent_at        INTEGER NOT NULL,    -- When it was sent.
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX teammate_notes_by_pair ON teammate_notes (
    guild_id, competition_id, min(sender_id, recipient_id), max(sender_id, recipient_id)
);
CREATE INDEX teammate_notes_by_sender ON teammate_notes (guild_id, sender_id);
CREATE INDEX teammate_notes_by_recipient ON teammate_notes (guild_id, recipient_id);

-- Members whom a manager has excluded from the team search of a server, also if they are forgotten.
CREATE TABLE teammate_exclusions (
    -- The server.
    guild_id    INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id     INTEGER NOT NULL,       -- The member.
    excluded_at INTEGER NOT NULL,       -- When it was done.
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

-- What members asked to be told in direct messages.
CREATE TABLE watches (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- The watch's number here.
    -- The server.
    guild_id        INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL,   -- The member.
    -- What they are told.
    kind            TEXT NOT NULL
        CHECK (kind IN ('news', 'medal_zone', 'rank', 'rival', 'last_day', 'zone_exit')),
    competition_id  INTEGER,            -- The competition; NULL: all that the server follows.
    -- Of the kind rank: the worst rank at which it counts as reached; else NULL.
    rank            INTEGER,
    -- Of the kind rival, if a Kaggle user is watched: their user name; else NULL.
    rival_user_name TEXT COLLATE NOCASE,
    -- Of the kind rival, if a team is watched: its id, or that of the team that continues it; else
    -- NULL.
    rival_team_id   INTEGER,
    rival_name      TEXT,               -- The name of that team; else NULL.
    created_at      INTEGER NOT NULL,   -- When they asked.
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX watches_by_member ON watches (guild_id, user_id);
CREATE INDEX watches_by_user ON watches (user_id);
CREATE INDEX watches_by_follow ON watches (guild_id, competition_id);
CREATE INDEX watches_of_teams ON watches (competition_id) WHERE rival_team_id IS NOT NULL;
CREATE INDEX watches_of_last_days ON watches (guild_id) WHERE kind = 'last_day';
CREATE INDEX watches_of_zone_exits ON watches (guild_id) WHERE kind = 'zone_exit';

-- What each watch of a rank, a rival or a forecast told last in a competition. Without a row it told
-- nothing, or what it was to tell was undone before it was sent: the next board is then compared with
-- the board before it.
CREATE TABLE watch_baselines (
    watch_id       INTEGER NOT NULL REFERENCES watches (id) ON DELETE CASCADE, -- The watch.
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    -- 1: the rank was reached, the rival ahead, or the medal zone likely to be left.
    holds          INTEGER NOT NULL CHECK (holds IN (0, 1)),
    team_id        INTEGER NOT NULL,    -- The member's team.
    rival_team_id  INTEGER,             -- The rival's team; NULL: no rival.
    -- The zone that was likely to be left; NULL: no forecast.
    medal_zone     TEXT CHECK (medal_zone IN ('gold', 'silver', 'bronze')),
    told_at        INTEGER NOT NULL,    -- When it was told.
    PRIMARY KEY (watch_id, competition_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_baselines_by_follow ON watch_baselines (guild_id, competition_id);

-- The last days that members were told of; a deadline that moved is told again.
CREATE TABLE watch_reminders (
    watch_id       INTEGER NOT NULL REFERENCES watches (id) ON DELETE CASCADE, -- The watch.
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    deadline       INTEGER NOT NULL,    -- The final deadline it was for.
    PRIMARY KEY (watch_id, competition_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_reminders_by_follow ON watch_reminders (guild_id, competition_id);


-- 6. News

-- The values from which the next news of a team in a server is counted: those of its last news, or
-- of the first board on which it was followed.
CREATE TABLE news_baselines (
    guild_id                INTEGER NOT NULL, -- The server.
    competition_id          INTEGER NOT NULL, -- The competition.
    team_id                 INTEGER NOT NULL, -- The team.
    rank                    INTEGER NOT NULL, -- Its rank.
    team_count              INTEGER,    -- The number of teams then; NULL: not known.
    best_score              REAL NOT NULL, -- Its best score so far.
    -- Its medal zone; NULL: none.
    medal_zone              TEXT CHECK (medal_zone IN ('gold', 'silver', 'bronze')),
    medal_zone_announced_at INTEGER,    -- When a change of it was last announced; NULL: never.
    best_rank               INTEGER,    -- Its best rank so far; NULL: to be read from the history.
    -- Its best rank divided by the number of teams; NULL: to be read from the history.
    best_share              REAL,
    -- Its best medal zone so far; NULL: none, or to be read from the history.
    best_medal_zone         TEXT CHECK (best_medal_zone IN ('gold', 'silver', 'bronze')),
    PRIMARY KEY (guild_id, competition_id, team_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Messages for channels: written with the board that they are about, then delivered, each once.
CREATE TABLE outbox (
    -- Also the id of a component in the message.
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The server.
    guild_id          INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id        INTEGER NOT NULL, -- The channel.
    -- The competition that it is about; NULL: none.
    competition_id    INTEGER REFERENCES competitions (id) ON DELETE SET NULL,
    -- By which Discord recognizes a message that is sent twice.
    nonce             TEXT NOT NULL UNIQUE CHECK (length(nonce) <= 25),
    message           TEXT NOT NULL,    -- JSON of a class in leaderboards/news.
    created_at        INTEGER NOT NULL, -- When it was written.
    failures          INTEGER NOT NULL DEFAULT 0, -- Failed attempts to deliver it.
    -- When the first attempt whose outcome is unknown began; NULL: there is none. Stays after the
    -- delivery.
    attempted_at      INTEGER,
    -- Why the last attempt to deliver, or then to publish it failed; NULL: it did not.
    error             TEXT,
    -- 1: it was delivered and is still to be published in its announcement channel.
    unpublished       INTEGER NOT NULL DEFAULT 0 CHECK (unpublished IN (0, 1)),
    delivered_at      INTEGER,          -- When it was delivered; NULL: not yet.
    message_id        INTEGER,          -- The delivered message; NULL: not yet, or deleted.
    -- When it was given up, as Discord refuses it or it failed too often; NULL: it was not.
    abandoned_at      INTEGER,
    -- Consecutive failures of which the message itself may be the cause.
    suspect_failures  INTEGER NOT NULL DEFAULT 0,
    -- Whether the last attempt failed because the channel is gone or closed to the bot.
    channel_closed    INTEGER NOT NULL DEFAULT 0,
    -- The search for a message that was perhaps sent begins after this id; NULL: the whole channel.
    after_id          INTEGER
) STRICT;
CREATE INDEX outbox_of_guild ON outbox (guild_id, delivered_at);
CREATE INDEX outbox_of_competition ON outbox (competition_id);
CREATE INDEX outbox_waiting ON outbox (channel_id, id)
    WHERE delivered_at IS NULL AND abandoned_at IS NULL;
CREATE INDEX outbox_unpublished ON outbox (channel_id, id) WHERE unpublished;
CREATE INDEX outbox_newest ON outbox (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outbox_settled ON outbox (coalesce(delivered_at, abandoned_at))
    WHERE coalesce(delivered_at, abandoned_at) IS NOT NULL;
-- Discord numbers components without an id from 1, at most 40 a message: no row has such an id.
INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', 1000);

-- News written in a server's quiet hours; when they end they become one message of the outbox.
CREATE TABLE deferred_news (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- In the order of the news.
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    message        TEXT NOT NULL,       -- As in the outbox.
    created_at     INTEGER NOT NULL,    -- When it was written.
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX deferred_news_by_follow ON deferred_news (guild_id, competition_id);

-- Channels that are told of new competitions on Kaggle, and of which ones.
CREATE TABLE competition_feeds (
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,        -- The channel.
    categories TEXT NOT NULL,           -- JSON array of `FeedCategory`.
    words      TEXT NOT NULL,           -- JSON array; one must be in the title or the slug, if any.
    PRIMARY KEY (guild_id, channel_id)
) STRICT, WITHOUT ROWID;

-- Competitions that Kaggle's list has had: no feed tells of them again, also if they leave the list
-- and come back.
CREATE TABLE known_competitions (
    slug     TEXT PRIMARY KEY,          -- The name in Kaggle's URLs.
    known_at INTEGER NOT NULL           -- When it was first listed.
) STRICT, WITHOUT ROWID;

-- Channels that are told of topics or notebooks of the competitions that their server follows.
CREATE TABLE post_feeds (
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,        -- The channel.
    kind       TEXT NOT NULL CHECK (kind IN ('topic', 'notebook')), -- What it is told of.
    min_votes  INTEGER NOT NULL CHECK (min_votes >= 1), -- What others than hosts post must have.
    PRIMARY KEY (guild_id, channel_id, kind)
) STRICT, WITHOUT ROWID;

-- When the topics or notebooks of each competition are read, while a feed wants them.
CREATE TABLE post_reads (
    -- The competition.
    competition_id INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    kind           TEXT NOT NULL CHECK (kind IN ('topic', 'notebook')), -- What is read.
    first_read_at  INTEGER,             -- What was posted before is not new; NULL: not yet read.
    read_at        INTEGER,             -- When they were last read; NULL: not yet.
    due_at         INTEGER NOT NULL,    -- When they are read next.
    failures       INTEGER NOT NULL DEFAULT 0, -- Failures since they were last read.
    error          TEXT,                -- Why the last attempt failed; NULL: it did not.
    PRIMARY KEY (competition_id, kind)
) STRICT, WITHOUT ROWID;

-- Topics and notebooks that Kaggle has listed: they do not count as new again, also if they are renamed
-- or pinned, or leave the list and come back.
CREATE TABLE posts (
    id             INTEGER PRIMARY KEY, -- Its number here.
    competition_id INTEGER NOT NULL,    -- The competition.
    kind           TEXT NOT NULL,       -- Which of both it is.
    post_id        TEXT NOT NULL,       -- Kaggle's number.
    title          TEXT NOT NULL,       -- Its last title.
    author         TEXT,                -- The author's display name; NULL: a deleted account.
    url            TEXT NOT NULL,       -- Its address.
    votes          INTEGER NOT NULL,    -- The most votes that it has had.
    found_at       INTEGER NOT NULL,    -- When it was first listed.
    -- When a topic was posted, or a notebook had last run when it was first listed; NULL: not told.
    posted_at      INTEGER,
    -- 1: it was posted after the first read; 0: it was there already.
    is_new         INTEGER NOT NULL CHECK (is_new IN (0, 1)),
    is_by_host     INTEGER NOT NULL CHECK (is_by_host IN (0, 1)), -- 1: a host posted it.
    UNIQUE (competition_id, kind, post_id),
    FOREIGN KEY (competition_id, kind) REFERENCES post_reads (competition_id, kind) ON DELETE CASCADE
) STRICT;
CREATE INDEX posts_by_time ON posts (competition_id, found_at);

-- Which topics and notebooks a channel was told of; digests do not list those again.
CREATE TABLE told_posts (
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,        -- The channel.
    -- The topic or notebook.
    post_id    INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (guild_id, channel_id, post_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_posts_by_post ON told_posts (post_id);

-- Messages of feeds that wait for the end of a server's quiet hours.
CREATE TABLE deferred_feed_messages (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- In the order of the messages.
    -- The server.
    guild_id       INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id     INTEGER NOT NULL,    -- The channel.
    -- The followed competition that it is about; NULL: none.
    competition_id INTEGER REFERENCES competitions (id) ON DELETE CASCADE,
    message        TEXT NOT NULL        -- As in the outbox.
) STRICT;
CREATE INDEX deferred_feed_messages_by_channel ON deferred_feed_messages (guild_id, channel_id);
CREATE INDEX deferred_feed_messages_by_competition ON deferred_feed_messages (competition_id);

-- The last digest of each kind that was written for a server, or left out: as empty or too late, or a
-- daily one on the day of a weekly one.
CREATE TABLE digests (
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly')), -- Which digest it is.
    -- The time zone, hour and weekday it was due by; after a change, what was due before is left out.
    schedule   TEXT NOT NULL,
    local_date TEXT NOT NULL,           -- The day it was for in the server's time zone: YYYY-MM-DD.
    -- When one was last written, or there was nothing to tell; NULL: not yet.
    written_at INTEGER,
    PRIMARY KEY (guild_id, kind)
) STRICT, WITHOUT ROWID;

-- Deadlines that Kaggle's list does not have, set by a server's managers.
CREATE TABLE deadlines (
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    -- Which deadline it is; it counts only where Kaggle's list has none.
    kind           TEXT NOT NULL CHECK (kind IN ('final', 'entry', 'merger')),
    at             INTEGER NOT NULL,    -- The deadline.
    PRIMARY KEY (guild_id, competition_id, kind),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_by_time ON deadlines (at);

-- The last reminder of each deadline; the announcement that a deadline moved counts as a reminder.
CREATE TABLE reminders (
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    -- Which deadline it is.
    kind           TEXT NOT NULL CHECK (kind IN ('final', 'entry', 'merger')),
    deadline       INTEGER NOT NULL,    -- The deadline it was for; a moved one has reminders again.
    lead_seconds   INTEGER NOT NULL,    -- Which reminder it was: so long before the deadline.
    PRIMARY KEY (guild_id, competition_id, kind),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The Scheduled Events of servers that the bot creates for deadlines, until they have passed.
CREATE TABLE scheduled_events (
    -- The server.
    guild_id       INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    -- The competition; it may be unfollowed or deleted, then the event is still to be removed.
    competition_id INTEGER NOT NULL,
    -- Which deadline it is; with others at the same time, the first of final, merger and entry.
    kind           TEXT NOT NULL CHECK (kind IN ('final', 'entry', 'merger')),
    at             INTEGER NOT NULL,    -- The deadline, at which the event ends.
    event_id       INTEGER,             -- The event; NULL until it was seen in the server's list.
    -- Of the usual content for the deadline when the event was last brought up to date; NULL before.
    fingerprint    TEXT,
    -- 1: a person changed or deleted the event, so the bot leaves it alone and creates no other.
    left_alone     INTEGER NOT NULL CHECK (left_alone IN (0, 1)),
    PRIMARY KEY (guild_id, competition_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX scheduled_events_by_time ON scheduled_events (at);

-- Messages that show a board and are edited after each sync: at most one for each follow.
CREATE TABLE live_boards (
    guild_id       INTEGER NOT NULL,    -- The server.
    competition_id INTEGER NOT NULL,    -- The competition.
    channel_id     INTEGER NOT NULL,    -- The channel.
    outbox_id      INTEGER,             -- The outbox row of the message; it may be gone later.
    message_id     INTEGER,             -- The message; NULL until it is edited for the first time.
    fingerprint    TEXT,                -- Of what the message shows; NULL until the first edit.
    error          TEXT,                -- Why the last edit failed; NULL after a good one.
    PRIMARY KEY (guild_id, competition_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX live_boards_of_competition ON live_boards (competition_id);

-- Messages of live boards that were moved or removed, until they are deleted.
CREATE TABLE former_live_boards (
    outbox_id  INTEGER PRIMARY KEY,     -- The outbox row of the message; it may be gone later.
    -- The server.
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,        -- The channel.
    message_id INTEGER,                 -- The message; NULL: that of the outbox row, once it is sent.
    moved_to   INTEGER,                 -- The channel of the new live board; NULL: there is none.
    error      TEXT                     -- Why it could not be deleted; NULL: not tried yet.
) STRICT;
CREATE INDEX former_live_boards_by_channel ON former_live_boards (guild_id, channel_id);
