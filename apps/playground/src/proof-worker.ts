// The worker in which the doctor's proof runs.
import { serve } from "gradus/page/worker";

serve();
