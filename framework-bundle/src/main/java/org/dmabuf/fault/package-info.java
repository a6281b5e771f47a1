/**
 * Faults on purpose: calls into drivers and allocations that fail, hang, are slow, are interrupted
 * or throw, by rules with a seed. Kernel counterpart: {@code fault-injection}, {@code failslab},
 * {@code fail_function}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.fault;
