/**
 * What a trial of a product needs that runs pipelines and replaces drivers under them: which bundle
 * takes whose place, and what is left when all is over.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.pipeline.trial;
