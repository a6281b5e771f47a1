/**
 * Mapped frames as pictures of {@code java.awt}. In a bundle of its own, for AWT keeps the class
 * loaders of those who use it.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.views;
