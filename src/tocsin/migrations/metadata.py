"""All tables of the product, for Alembic. The one place besides `entrypoints` that sees every slice's models."""

from sqlalchemy import MetaData

import tocsin.domains.alert_sources.models
import tocsin.domains.alerts.models
import tocsin.domains.audit.models
import tocsin.domains.escalations.models
import tocsin.domains.events.models
import tocsin.domains.heartbeats.models
import tocsin.domains.identity.models
import tocsin.domains.notifications.models
import tocsin.domains.people.models
import tocsin.domains.timeline.models
import tocsin.engine.models  # noqa: F401
from tocsin.infra.db import Base

metadata: MetaData = Base.metadata
