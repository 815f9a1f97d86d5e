// Everything here only adds to a page that is already whole: with this file blocked, nothing is lost but comfort.
import "./styles/site.scss";
import { followReading } from "./contents";
import { offerFilters } from "./filter";
import { offerLinks } from "./links";
import { offerRows } from "./rows";
import { offerSwitches } from "./switches";

document.documentElement.classList.add("js");
followReading(document);
offerLinks(document);
offerSwitches(document);
offerFilters(document);
offerRows(document);
