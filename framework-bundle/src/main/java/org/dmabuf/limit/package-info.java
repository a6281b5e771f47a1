/**
 * What one bundle may have at most, and what it has: limits, counters and the tree of usage. Kernel
 * counterpart: {@code setrlimit(2)} and the controllers of cgroups.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.limit;
