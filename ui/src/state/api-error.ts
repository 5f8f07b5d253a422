/** Views that await a change directly read the error through here; they do not know the api folder. */
export { toApiError } from "../api/errors";
