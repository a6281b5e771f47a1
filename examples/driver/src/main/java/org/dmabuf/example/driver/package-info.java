/** The driver that README.md shows. The capability tells the resolver what this bundle offers. */
@Capability(
    namespace = "dmabuf.exporter",
    attribute = "dmabuf.exporter=" + ExampleHeap.NAME,
    effective = "active")
package org.dmabuf.example.driver;

import org.osgi.annotation.bundle.Capability;
