import { date } from "./date.ts";
import { number } from "./number.ts";
import { quantity } from "./quantity.ts";
import { reference } from "./reference.ts";
import type { SearchType } from "./search-type.ts";
import { special } from "./special.ts";
import { string } from "./string.ts";
import { token } from "./token.ts";
import { uri } from "./uri.ts";

/** The parameter types whose values are indexed; composites are made of them. */
export const searchTypes: readonly SearchType[] = [number, date, string, token, reference, quantity, uri, special];
