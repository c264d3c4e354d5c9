// All end-to-end tests, one after the other.
import "./home.test.mjs";
import "./films.test.mjs";
import "./mine.test.mjs";
import "./people.test.mjs";
import "./rate.test.mjs";
import "./account.test.mjs";
import "./my.test.mjs";
import "./import.test.mjs";
import "./tune.test.mjs";
import "./night.test.mjs";
import "./feedback.test.mjs";
import "./analytics.test.mjs";
import "./data.test.mjs";
import "./states.test.mjs";
import "./look.test.mjs";
