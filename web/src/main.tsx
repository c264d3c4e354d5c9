import { render } from "preact";
import { App } from "./app";
import { startFeedback } from "./lib/feedback";
import { lang } from "./lib/format";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/stars.css";
import "./styles/states.css";
import "./styles/films.css";
import "./styles/panel.css";
import "./styles/shelf.css";
import "./styles/pages.css";
import "./styles/tune.css";

document.documentElement.lang = lang;
startFeedback();
render(<App />, document.getElementById("app")!);
