import { reference } from "./reference.ts";
import type { SearchType } from "./search-type.ts";
import { token } from "./token.ts";
import { uri } from "./uri.ts";

/** The parameter types that can be searched. */
export const searchTypes: readonly SearchType[] = [token, reference, uri];
