package org.dmabuf.exporter.planted;

import org.dmabuf.importer.planted.ImporterThatNamesAnExporter;

/** Two drivers that know each other. */
public final class ExporterThatNamesAnImporter {
  public ImporterThatNamesAnExporter importer;
}
