package org.dmabuf.importer.planted;

import org.dmabuf.exporter.planted.ExporterThatNamesAnImporter;

/** Two drivers that know each other. */
public final class ImporterThatNamesAnExporter {
  public ExporterThatNamesAnImporter exporter;
}
