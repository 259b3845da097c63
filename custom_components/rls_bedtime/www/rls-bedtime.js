/** The one module that dashboards load: it defines and registers, and does nothing else. */
