/**
 * State that a driver leaves for its successor, as plain data. Kernel counterpart: kexec handover
 * and the live update orchestrator.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.handover;
