/** A bundle with an importer that has many attachments. */
package org.dmabuf.benchmarks.attacher;
