"""Pictures and reports, each as a job."""
