// The desk's own style sheet and island. Without this file everything works but passkeys, which only a script can use.
import "./styles/signed_in.scss";
import { offerPasskeys } from "./passkeys";
import { followScrubbing } from "./scrubbing";

offerPasskeys(document);
followScrubbing(document);
