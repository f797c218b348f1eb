// Prints the tables that lite's Auth needs.
import { getAuthSchemaSql } from "@supabase/lite";

process.stdout.write(getAuthSchemaSql());
