"""Settings of roles: changing them."""

from resolvers.crud import ALL, crud
from schema.role_settings import RoleSetting
from services import role_settings

crud(RoleSetting, update=role_settings.update, without=ALL - {"update"})
