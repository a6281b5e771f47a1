/**
 * Seeing inside: what is held and by whom, leaks, and the checks of debug mode. Kernel counterpart:
 * {@code debugfs}, {@code lib/debugobjects.c} and {@code lockdep}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.debug;
