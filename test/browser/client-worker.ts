// Bundled for a page: the worker of client-page.ts.
import { serve } from "../../src/page-worker.ts";

serve();
