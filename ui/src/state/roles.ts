import type { PlatformDto, StoreDto } from "../api/generated/types";

/**
 * The roles of the platform that the signed-in person cannot give. None where the store does not tell who is signed in: then it decides
 * itself, and its refusal is shown in its words.
 */
export function withheldRoles(platform: PlatformDto, store: StoreDto | undefined): string[] {
  return store ? platform.roles.filter((role) => !store.grantable_roles.includes(role)) : [];
}
