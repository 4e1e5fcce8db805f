import type { Workload } from "../bench.ts";
import { create } from "./create.ts";
import { identifierSearch } from "./identifier-search.ts";
import { read } from "./read.ts";
import { largeTransaction, smallTransaction } from "./transaction.ts";

export const workloads: readonly Workload[] = [create, read, identifierSearch, smallTransaction, largeTransaction];
