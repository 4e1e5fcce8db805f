import type { Command } from "./command.ts";
import { definitions } from "./definitions.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { load } from "./load.ts";
import { search } from "./search.ts";
import { serve } from "./serve.ts";
import { tenant } from "./tenant.ts";
import { terminology } from "./terminology.ts";
import { token } from "./token.ts";
import { user } from "./user.ts";

/** Every command of `phc`, in the order the help shows them. */
export const COMMANDS: readonly Command[] = [
	serve,
	tenant,
	user,
	token,
	load,
	demo,
	search,
	definitions,
	terminology,
	doctor,
];
