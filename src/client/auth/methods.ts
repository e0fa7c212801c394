import { etcdserverpb as pb } from '../../gen/proto.js';
import { method } from '../calls/method.js';

// The methods of the Auth service. A repeated change would fail because of the first one, or undo a later one.

/** Sent without a token, because it obtains one. */
export const AUTHENTICATE = {
  ...method('read', 'Auth/Authenticate', { request: pb.AuthenticateRequest, response: pb.AuthenticateResponse }),
  anonymous: true,
};
export const AUTH_ENABLE = method('write', 'Auth/AuthEnable', {
  request: pb.AuthEnableRequest,
  response: pb.AuthEnableResponse,
});
export const AUTH_DISABLE = method('write', 'Auth/AuthDisable', {
  request: pb.AuthDisableRequest,
  response: pb.AuthDisableResponse,
});
export const AUTH_STATUS = method('read', 'Auth/AuthStatus', {
  request: pb.AuthStatusRequest,
  response: pb.AuthStatusResponse,
});
export const USER_ADD = method('write', 'Auth/UserAdd', {
  request: pb.AuthUserAddRequest,
  response: pb.AuthUserAddResponse,
});
export const USER_GET = method('read', 'Auth/UserGet', {
  request: pb.AuthUserGetRequest,
  response: pb.AuthUserGetResponse,
});
export const USER_LIST = method('read', 'Auth/UserList', {
  request: pb.AuthUserListRequest,
  response: pb.AuthUserListResponse,
});
export const USER_DELETE = method('write', 'Auth/UserDelete', {
  request: pb.AuthUserDeleteRequest,
  response: pb.AuthUserDeleteResponse,
});
export const USER_CHANGE_PASSWORD = method('write', 'Auth/UserChangePassword', {
  request: pb.AuthUserChangePasswordRequest,
  response: pb.AuthUserChangePasswordResponse,
});
export const USER_GRANT_ROLE = method('write', 'Auth/UserGrantRole', {
  request: pb.AuthUserGrantRoleRequest,
  response: pb.AuthUserGrantRoleResponse,
});
export const USER_REVOKE_ROLE = method('write', 'Auth/UserRevokeRole', {
  request: pb.AuthUserRevokeRoleRequest,
  response: pb.AuthUserRevokeRoleResponse,
});
export const ROLE_ADD = method('write', 'Auth/RoleAdd', {
  request: pb.AuthRoleAddRequest,
  response: pb.AuthRoleAddResponse,
});
export const ROLE_GET = method('read', 'Auth/RoleGet', {
  request: pb.AuthRoleGetRequest,
  response: pb.AuthRoleGetResponse,
});
export const ROLE_LIST = method('read', 'Auth/RoleList', {
  request: pb.AuthRoleListRequest,
  response: pb.AuthRoleListResponse,
});
export const ROLE_DELETE = method('write', 'Auth/RoleDelete', {
  request: pb.AuthRoleDeleteRequest,
  response: pb.AuthRoleDeleteResponse,
});
export const ROLE_GRANT_PERMISSION = method('write', 'Auth/RoleGrantPermission', {
  request: pb.AuthRoleGrantPermissionRequest,
  response: pb.AuthRoleGrantPermissionResponse,
});
export const ROLE_REVOKE_PERMISSION = method('write', 'Auth/RoleRevokePermission', {
  request: pb.AuthRoleRevokePermissionRequest,
  response: pb.AuthRoleRevokePermissionResponse,
});
