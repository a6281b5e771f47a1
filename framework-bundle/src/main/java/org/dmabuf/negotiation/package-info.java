/**
 * Which buffer suits everybody: what importers need, what exporters offer, and who fits whom, with
 * the reasons.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.negotiation;
