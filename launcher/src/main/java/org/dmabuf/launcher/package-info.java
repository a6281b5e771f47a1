/**
 * What stands behind {@code ./dmabuf}: reads the command line, starts the product in an embedded
 * OSGi framework, hands the command to the bundle that offers it, and clears everything away.
 *
 * <p>Only types of the JDK cross to the bundles: a command is a {@link java.util.function.Function}
 * from a map to a map.
 */
package org.dmabuf.launcher;
