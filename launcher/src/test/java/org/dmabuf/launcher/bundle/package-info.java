/** Classes that tests pack into bundles; the launcher never sees them on its class path. */
package org.dmabuf.launcher.bundle;
