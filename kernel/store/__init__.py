"""The store: all that Rushes remembers, in one database (an SQLite file by default, PostgreSQL by URL).

    jobs assets documents instructions approvals runs verdicts      what a job is and how it came to be
    goldens                                                         which jobs are examples for later ones
    conversations turns messages posts cursors                      what was said, and what is to be said
    votes house_rules installations tickets                         who said yes, what holds where, who installed it
    ledger events logs traces registry                              what it cost and what happened

One module per subject; values in, values out (`records.py`). Only this room knows SQLAlchemy and Alembic.
"""

from __future__ import annotations

from kernel.store.approvals import Approvals
from kernel.store.assets import Assets
from kernel.store.conversations import Conversations
from kernel.store.database import Database, check, connect, make_folder
from kernel.store.documents import Documents
from kernel.store.events import Events
from kernel.store.goldens import Goldens
from kernel.store.house_rules import HouseRulesKept
from kernel.store.installations import Installations
from kernel.store.instructions import Instructions
from kernel.store.jobs import Jobs
from kernel.store.ledger import Ledger
from kernel.store.logs import Logs
from kernel.store.messages import Messages
from kernel.store.migrate import migrate
from kernel.store.posts import Posts
from kernel.store.registry import Registry
from kernel.store.runs import Runs
from kernel.store.tickets import Tickets
from kernel.store.traces import Traces
from kernel.store.turns import Turns
from kernel.store.verdicts import Verdicts
from kernel.store.votes import Votes


class Store:
    """An open store, for all threads of a process; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.jobs = Jobs(database)
        self.assets = Assets(database)
        self.documents = Documents(database)
        self.instructions = Instructions(database)
        self.approvals = Approvals(database)
        self.goldens = Goldens(database)
        self.runs = Runs(database)
        self.verdicts = Verdicts(database)
        self.conversations = Conversations(database)
        self.turns = Turns(database)
        self.messages = Messages(database)
        self.ledger = Ledger(database)
        self.events = Events(database)
        self.logs = Logs(database)
        self.traces = Traces(database)
        self.registry = Registry(database)
        self.posts = Posts(database)
        self.votes = Votes(database)
        self.house_rules = HouseRulesKept(database)
        self.installations = Installations(database)
        self.tickets = Tickets(database)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database behind a URL and take it to the newest form.

        Raises:
            SetUp: it cannot be opened or written, is damaged, or was made by a newer Rushes.
        """
        database = connect(url)
        try:
            make_folder(database)
            check(database)
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Give everything back."""
        self.database.close()
