/**
 * File tables and open files, where numbers and errno are exactly Linux's. Kernel counterpart:
 * {@code linux/fdtable.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.file;
